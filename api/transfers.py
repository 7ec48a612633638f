"""Data in and out: exports, imports, and the jobs that carry them."""

from typing import Annotated

from flask import Response, g, request, send_file, stream_with_context
from pydantic import Field, ValidationError

from api import limits
from api.base import Query, Resource, contract
from api.errors import BadRequest, field_errors
from application.accounts.queries import Asker
from application.jobs import services as jobs
from application.jobs.models import Job
from application.jobs.queries import find_job, list_jobs
from application.jobs.schemas import JobOut, JobPage
from application.platform import storage
from application.platform.errors import FieldError, Invalid, NotFound
from application.transfers import services, services_rows
from application.transfers.schemas import (
    Confirmation,
    ImportForm,
    ImportPatch,
    ImportRowPage,
    NewExport,
    OutcomeName,
)

CSV = "text/csv; charset=utf-8"


class PageQuery(Query):
    """A page of a list."""

    after: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class RowsQuery(PageQuery):
    """A page of a preview's lines of one outcome."""

    outcome: OutcomeName = "new"


def _page(asker: Asker, kind: str, query: PageQuery) -> JobPage:
    found = list_jobs(asker.user_id, kind, query.after, query.limit + 1)
    items = [JobOut.model_validate(job) for job in found[: query.limit]]
    return JobPage(items=items, next=items[-1].id if len(found) > query.limit else None)


def takes_everything() -> bool:
    """Whether an export leaves nothing out: it names no trackers, or every one there is."""
    asker: Asker = g.admitted
    return services.is_everything(asker.user_id, (g.body or {}).get("tracker_ids"))


class ExportListResource(Resource):
    """Exports of the asker's trackers."""

    @contract(query=PageQuery, out=JobPage)
    def get(self, asker: Asker, query: PageQuery) -> JobPage:
        """The asker's exports, newest first."""
        return _page(asker, "export", query)

    @limits.EXPORT
    @contract(body=NewExport, out=JobOut, status=202, idempotent=True, recent=takes_everything)
    def post(self, asker: Asker, body: NewExport) -> Job:
        """Take trackers out as CSV; the same export under way is given again."""
        return services.ask_export(asker.user_id, body.tracker_ids)


class ImportListResource(Resource):
    """Files that the asker brings in."""

    @contract(query=PageQuery, out=JobPage)
    def get(self, asker: Asker, query: PageQuery) -> JobPage:
        """The asker's imports, newest first."""
        return _page(asker, "import", query)

    @limits.IMPORT
    @contract(out=JobOut, status=202, upload=ImportForm)
    def post(self, asker: Asker) -> Job:
        """Bring a table in: it is read into a preview, and nothing else changes."""
        form = _read_form()
        upload = request.files["file"]
        name = storage.new_name(".csv")
        upload.save(storage.path_of(name))
        try:
            options = form.options.model_dump(exclude_none=True)
            return services.ask_import(
                asker.user_id, name, upload.filename or "", form.tracker_id, options
            )
        except BaseException:
            storage.delete(name)
            raise


def _read_form() -> ImportForm:
    if request.mimetype != "multipart/form-data":
        raise BadRequest("Send the file as multipart/form-data.")
    if any("\0" in value for value in request.form.values()):
        raise BadRequest("A text cannot hold the character NUL.")
    wrong = [
        FieldError(name, "This stands there more than once.")
        for name, values in request.form.lists()
        if len(values) > 1
    ]
    if len(request.files.getlist("file")) != 1 or len(request.files) != 1:
        wrong.append(FieldError("file", "Send one file."))
    try:
        form = ImportForm.model_validate(request.form.to_dict())
    except ValidationError as error:
        raise Invalid(errors=[*wrong, *field_errors(error)]) from None
    if wrong:
        raise Invalid(errors=wrong)
    return form


class ImportResource(Resource):
    """One import."""

    @contract(out=JobOut)
    def get(self, asker: Asker, job_id: int) -> Job:
        """The import with its preview's counts."""
        return find_job(asker.user_id, job_id, "import")

    @contract(body=ImportPatch, out=JobOut, status=202)
    def patch(self, asker: Asker, job_id: int, body: ImportPatch) -> Job:
        """Read the file again: other options, or another tracker."""
        changes = body.model_dump(exclude_none=True, include=body.model_fields_set)
        if "tracker_id" in body.model_fields_set:
            changes["tracker_id"] = body.tracker_id
        return services.reread(asker.user_id, job_id, changes)


class ImportRowsResource(Resource):
    """The lines of a preview."""

    @contract(query=RowsQuery, out=ImportRowPage)
    def get(self, asker: Asker, job_id: int, query: RowsQuery) -> ImportRowPage:
        """Lines of one outcome, in the file's order."""
        return services_rows.list_rows(
            asker.user_id, job_id, query.outcome, query.after or 0, query.limit
        )


class ImportConfirmResource(Resource):
    """The person's yes."""

    @contract(body=Confirmation, out=JobOut, status=202, idempotent=True)
    def post(self, asker: Asker, job_id: int, body: Confirmation) -> Job:
        """Bring in what the preview showed."""
        return services.confirm(asker.user_id, job_id, body.conflicts, dict(body.lines))


class ImportUndoResource(Resource):
    """The way back."""

    @contract(out=JobOut, status=202, idempotent=True)
    def post(self, asker: Asker, job_id: int) -> Job:
        """Take exactly that import back; entries edited since stay."""
        return services.undo(asker.user_id, job_id)


class ImportRejectsResource(Resource):
    """What was left out."""

    @contract(media=CSV)
    def get(self, asker: Asker, job_id: int) -> Response:
        """The lines left out as CSV: line, reason, text."""
        lines = services_rows.write_rejects(asker.user_id, job_id)
        headers = {"Content-Disposition": "attachment; filename=left-out.csv"}
        return Response(stream_with_context(lines), 200, headers, content_type=CSV)


class JobResource(Resource):
    """One piece of work."""

    @contract(out=JobOut)
    def get(self, asker: Asker, job_id: int) -> Job:
        """How far it is."""
        return find_job(asker.user_id, job_id)


class JobCancelResource(Resource):
    """The wish to stop."""

    @contract(out=JobOut, status=202, idempotent=True)
    def post(self, asker: Asker, job_id: int) -> Job:
        """Stop at the next batch; what was begun is taken back."""
        return jobs.cancel(asker.user_id, job_id)


class JobFileResource(Resource):
    """What an export made."""

    @contract(media=CSV)
    def get(self, asker: Asker, job_id: int) -> Response:
        """The export's file, kept until the job's `expires_at`."""
        job = find_job(asker.user_id, job_id, "export")
        path = storage.path_of(job.file) if job.file else None
        if path is None or not path.exists():
            raise NotFound("This file is gone by now. Make it again.")
        return send_file(path, mimetype="text/csv", as_attachment=True, download_name=job.filename)
