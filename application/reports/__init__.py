"""What a span of days was like: reports to read on the page, as a mail and as a PDF."""
