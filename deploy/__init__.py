"""How Tend is set up and run; nothing of the product lives here."""
