//! Imports: files are uploaded, previewed, started, watched and removed.

pub mod preview_view;
pub mod request;
pub mod response;
pub mod upload;

use poem::Body;
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use souk_catalogue_io::import::{FAULT_COLUMNS, ImportError, ImportOptions};
use souk_domain::InvalidField;
use souk_identity::needed::{ImportsRead, ImportsRun};
use souk_store::{ImportJob, Imports, JobId, NewImport, StoreError};

use self::{
    preview_view::AdminImportPreview,
    request::ImportOptionsBody,
    response::{AdminImport, AdminImports, FaultsCsv},
    upload::UploadBody,
};
use super::{
    DEFAULT_LIMIT,
    job_events::{JobEvents, JobView, events},
};
use crate::{
    api::{
        Tag,
        answers::answers,
        params::{
            CurrencyCode, ImportFileName, ImportProfile, PerPage, PriceUnitName, RowId, SlugText,
            StatusName, StockUnits,
        },
    },
    error::ApiError,
    http::{Allowed, JsonBody, JsonResponse, TenantContext},
    imports::{PreviewError, message},
};

answers! {
    /// Answers of `adminUploadImport`.
    UploadedAnswer {
        201 "The file is there; nothing is imported yet." => Uploaded(
            JsonResponse<AdminImport>,
            /// URL of the import.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, InvalidField, StorageFull

    /// Answers of `adminListImports`.
    ImportsAnswer {
        200 "A page of imports, newest first." => Page(JsonResponse<AdminImports>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminGetImport`.
    ImportAnswer {
        200 "The import." => Import(JsonResponse<AdminImport>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminPreviewImport`.
    PreviewAnswer {
        200 "What would be imported." => Preview(JsonResponse<AdminImportPreview>),
    } or BadRequest, Unauthorized, NotFound, InvalidField

    /// Answers of `adminStartImport`.
    StartedAnswer {
        202 "The import is queued; it begins when no other of the marketplace runs." => Queued(JsonResponse<AdminImport>),
    } or BadRequest, Unauthorized, NotFound, Conflict, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `adminWatchImport`.
    EventsAnswer {
        200 "The import, as one event each time that it has changed." => Events(JobEvents<AdminImport>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminListImportErrors`.
    FaultsAnswer {
        200 "The rows that were skipped: line, id, field, reason." => Faults(
            FaultsCsv,
            /// Name to save it under.
            #[oai(header = "Content-Disposition")] String,
        ),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `adminCancelImport`.
    CancelledAnswer {
        202 "It was asked to stop, and does so after the batch that is being written." => Stopping(JsonResponse<AdminImport>),
    } or BadRequest, Unauthorized, NotFound, Conflict

    /// Answers of `adminDeleteImport`.
    DeletedAnswer {
        204 "Job and file are gone; what was imported stays." => Deleted,
    } or BadRequest, Unauthorized, NotFound, Conflict
}

/// Operations on imports.
pub struct AdminImportsApi;

#[OpenApi(prefix_path = "/api/admin/imports", tag = "Tag::Admin")]
#[allow(clippy::too_many_arguments)]
impl AdminImportsApi {
    /// Upload a file
    ///
    /// Takes every file that `souk import` takes, as the body or as the first file of a form, and keeps it for 7 days.
    /// Nothing is imported before the import is started.
    #[oai(path = "/", method = "post", operation_id = "adminUploadImport")]
    async fn upload(
        &self,
        _may: Allowed<ImportsRun>,
        context: TenantContext,
        /// Name of the file; by default that of the form or of `Content-Disposition`.
        name: Query<Option<ImportFileName>>,
        body: UploadBody,
    ) -> Result<UploadedAnswer, ApiError> {
        let service = &context.app.imports;
        let (received, file_name) = body.receive(service, name.0.map(|name| name.0)).await?;
        let new = NewImport {
            file_key: received.key.clone(),
            file_name,
            bytes: received.bytes,
        };
        let job = match imports(&context).add(new).await {
            Ok(job) => job,
            Err(error) => {
                remove_files(&context, received.key).await;
                return Err(error.into());
            }
        };
        let location = format!("/api/admin/imports/{}", job.id);
        Ok(UploadedAnswer::Uploaded(JsonResponse(job.into()), location))
    }

    /// List imports
    #[oai(path = "/", method = "get", operation_id = "adminListImports")]
    async fn list(
        &self,
        _may: Allowed<ImportsRead>,
        context: TenantContext,
        /// `next_before` of the page before.
        before: Query<Option<RowId>>,
        /// Items per page, default 50.
        per_page: Query<Option<PerPage>>,
    ) -> Result<ImportsAnswer, ApiError> {
        let limit = per_page.0.map_or(DEFAULT_LIMIT, |size| size.0);
        let before = before.0.map(|before| JobId(before.0));
        let page = imports(&context).list(before, limit).await?;
        let page = AdminImports::new(page, limit);
        Ok(ImportsAnswer::Page(JsonResponse(page)))
    }

    /// Get an import
    #[oai(path = "/:id", method = "get", operation_id = "adminGetImport")]
    async fn get(
        &self,
        _may: Allowed<ImportsRead>,
        context: TenantContext,
        /// The import's id.
        id: Path<RowId>,
    ) -> Result<ImportAnswer, ApiError> {
        let job = job(&context, &id).await?;
        Ok(ImportAnswer::Import(JsonResponse(job.into())))
    }

    /// Preview an import
    ///
    /// Says what the file was taken for, how each column is understood, what is left out, and shows three products as
    /// they will be. Reads the first 5,000 rows at most and writes nothing.
    #[oai(
        path = "/:id/preview",
        method = "get",
        operation_id = "adminPreviewImport"
    )]
    async fn preview(
        &self,
        _may: Allowed<ImportsRead>,
        context: TenantContext,
        /// The import's id.
        id: Path<RowId>,
        /// System that the file is from; recognised by default.
        from: Query<Option<ImportProfile>>,
        /// Unit of prices, default major.
        price_unit: Query<Option<PriceUnitName>>,
        /// Currency of rows that name none; the marketplace's by default.
        default_currency: Query<Option<CurrencyCode>>,
        /// Stock of variants that give none.
        default_stock: Query<Option<StockUnits>>,
        /// Status of new products of which the file says nothing, default active.
        default_status: Query<Option<StatusName>>,
        /// Slug of the seller of rows that name none.
        seller: Query<Option<SlugText>>,
        /// Slug of a seller whose products are archived that the file no longer has.
        replace_seller: Query<Option<SlugText>>,
    ) -> Result<PreviewAnswer, ApiError> {
        let options = ImportOptions {
            from: from.0.map(|from| from.0),
            price_unit: price_unit.0.map(|unit| unit.0),
            default_currency: default_currency.0.map(|currency| currency.0),
            default_stock: default_stock.0.map(|stock| stock.0),
            default_status: default_status.0.map(|status| status.0),
            seller: seller.0.map(|seller| seller.0),
            replace_seller: replace_seller.0.map(|seller| seller.0),
            ..ImportOptions::default()
        };
        let job = job(&context, &id).await?;
        let (store, tenant) = (&context.app.store, &context.tenant);
        let previewed = context
            .app
            .imports
            .preview(store, tenant, &job, &options)
            .await
            .map_err(preview_error)?;
        Ok(PreviewAnswer::Preview(JsonResponse(previewed.into())))
    }

    /// Start an import
    ///
    /// Imports of a marketplace run one after the other. One that has ended can be started again: products are found
    /// by their external id, so nothing is imported twice.
    #[oai(
        path = "/:id/start",
        method = "post",
        operation_id = "adminStartImport"
    )]
    async fn start(
        &self,
        _may: Allowed<ImportsRun>,
        context: TenantContext,
        /// The import's id.
        id: Path<RowId>,
        body: JsonBody<ImportOptionsBody>,
    ) -> Result<StartedAnswer, ApiError> {
        let options = body.0.into_options().map_err(ApiError::Unprocessable)?;
        let job = imports(&context).start(JobId(id.0.0), &options).await?;
        context.app.imports.notify();
        Ok(StartedAnswer::Queued(JsonResponse(job.into())))
    }

    /// Watch an import
    ///
    /// Server-sent events: the import as it is, then again each time that it has changed, until it has ended. Whoever
    /// is cut off asks again and misses nothing that matters.
    #[oai(
        path = "/:id/events",
        method = "get",
        operation_id = "adminWatchImport"
    )]
    async fn watch(
        &self,
        _may: Allowed<ImportsRead>,
        context: TenantContext,
        /// The import's id.
        id: Path<RowId>,
    ) -> Result<EventsAnswer, ApiError> {
        let watched = job(&context, &id).await?.id;
        let (jobs, shutdown) = (imports(&context), context.app.shutdown.clone());
        let load = move || {
            let jobs = jobs.clone();
            async move {
                let job = jobs.get(watched).await?;
                Ok::<_, StoreError>(JobView {
                    // Nothing happens to a file until somebody starts the import.
                    ended: !job.state.is_active(),
                    job: AdminImport::from(job),
                })
            }
        };
        Ok(EventsAnswer::Events(events(load, shutdown)))
    }

    /// List the rows that were skipped
    ///
    /// A CSV file with line, id, field and reason of each row that the last run skipped.
    #[oai(
        path = "/:id/errors",
        method = "get",
        operation_id = "adminListImportErrors"
    )]
    async fn errors(
        &self,
        _may: Allowed<ImportsRead>,
        context: TenantContext,
        /// The import's id.
        id: Path<RowId>,
    ) -> Result<FaultsAnswer, ApiError> {
        let job = job(&context, &id).await?;
        let faults = faults(&context, &job).await?;
        let disposition = format!("attachment; filename=\"import-{}-errors.csv\"", job.id);
        Ok(FaultsAnswer::Faults(FaultsCsv(faults), disposition))
    }

    /// Cancel an import
    ///
    /// Products that were imported before stay.
    #[oai(
        path = "/:id/cancel",
        method = "post",
        operation_id = "adminCancelImport"
    )]
    async fn cancel(
        &self,
        _may: Allowed<ImportsRun>,
        context: TenantContext,
        /// The import's id.
        id: Path<RowId>,
    ) -> Result<CancelledAnswer, ApiError> {
        let job = imports(&context).cancel(JobId(id.0.0)).await?;
        Ok(CancelledAnswer::Stopping(JsonResponse(job.into())))
    }

    /// Delete an import and its file
    ///
    /// An import that runs has to be cancelled first.
    #[oai(path = "/:id", method = "delete", operation_id = "adminDeleteImport")]
    async fn delete(
        &self,
        _may: Allowed<ImportsRun>,
        context: TenantContext,
        /// The import's id.
        id: Path<RowId>,
    ) -> Result<DeletedAnswer, ApiError> {
        let job = imports(&context).remove(JobId(id.0.0)).await?;
        remove_files(&context, job.file_key).await;
        Ok(DeletedAnswer::Deleted)
    }
}

fn imports(context: &TenantContext) -> Imports {
    context.app.store.scope(context.tenant.id).imports()
}

async fn job(context: &TenantContext, id: &Path<RowId>) -> Result<ImportJob, ApiError> {
    Ok(imports(context).get(JobId(id.0.0)).await?)
}

/// Opens the faults of the last run; before the first, there is only the header.
async fn faults(context: &TenantContext, job: &ImportJob) -> Result<Body, ApiError> {
    if job.run == 0 {
        return Ok(Body::from_string(format!("{}\n", FAULT_COLUMNS.join(","))));
    }
    let path = context
        .app
        .imports
        .files
        .errors_path(&job.file_key, job.run);
    match tokio::fs::File::open(path).await {
        Ok(file) => Ok(Body::from_async_read(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ApiError::NotFound(
            "file of faults in the data folder of this process",
        )),
        Err(error) => Err(ApiError::internal(error)),
    }
}

/// Deletes files that no import has any more; the clean-up finds those that cannot be deleted now.
async fn remove_files(context: &TenantContext, key: String) {
    let files = context.app.imports.files.clone();
    let removed = tokio::task::spawn_blocking(move || files.remove(&key)).await;
    if let Ok(Err(error)) = removed {
        tracing::warn!(%error, "files of an import cannot be deleted");
    }
}

fn preview_error(error: PreviewError) -> ApiError {
    match error {
        PreviewError::NoFile => {
            ApiError::NotFound("file of this import in the data folder of this process")
        }
        PreviewError::Import(
            ImportError::Catalogue(source) | ImportError::Store { source, .. },
        ) => source.into(),
        PreviewError::Import(error) => {
            ApiError::Unprocessable(InvalidField::new("file", message(&error)))
        }
    }
}
