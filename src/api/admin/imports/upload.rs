//! Body of an upload: a file as it is, or the first file of a form.

use std::{io, time::Duration};

use poem::{Body, FromRequest, Request, RequestBody, Result, http::header, web::Multipart};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef},
};
use souk_domain::InvalidField;
use tokio::io::AsyncReadExt;

use crate::{
    error::ApiError,
    http::RequestLimits,
    imports::{ImportService, Received, UploadError},
};

const FORM: &str = "multipart/form-data";
/// Bytes of a form around its file.
const FORM_BYTES: u64 = 1024 * 1024;
/// Name of a file that has none.
const UNNAMED: &str = "upload";
/// Longest name of a file.
const MAX_NAME_CHARS: usize = 255;

/// Body with a file, of which nothing was read yet.
pub struct UploadBody {
    body: Body,
    /// `Content-Type`, if it is a form's.
    form: Option<header::HeaderValue>,
    /// Name in `Content-Disposition`.
    name: Option<String>,
    /// `Content-Length`.
    announced: Option<u64>,
    /// Longest time without a byte.
    patience: Duration,
}

impl<'a> ApiExtractor<'a> for UploadBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let file = || MetaSchema {
            format: Some("binary"),
            ..MetaSchema::new("string")
        };
        let form = MetaSchema {
            properties: vec![("file", MetaSchemaRef::Inline(Box::new(file())))],
            required: vec!["file"],
            ..MetaSchema::new("object")
        };
        let content = [("application/octet-stream", file()), (FORM, form)];
        Some(MetaRequest {
            description: Some(
                "The file, or a form with it; any other media type is taken as the file.",
            ),
            content: content
                .into_iter()
                .map(|(content_type, schema)| MetaMediaType {
                    content_type,
                    schema: MetaSchemaRef::Inline(Box::new(schema)),
                })
                .collect(),
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let is_form = |value: &&header::HeaderValue| {
            let start = value.as_bytes().get(..FORM.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(FORM.as_bytes()))
        };
        let limits = request.data::<RequestLimits>().copied();
        Ok(Self {
            form: content_type.filter(is_form).cloned(),
            name: request
                .header(header::CONTENT_DISPOSITION)
                .and_then(disposition_name),
            announced: request
                .header(header::CONTENT_LENGTH)
                .and_then(|length| length.parse().ok()),
            patience: limits.unwrap_or_default().body_timeout,
            body: body.take()?,
        })
    }
}

impl UploadBody {
    /// Writes the file to the disk and returns it with its name, of which `name` is the caller's choice.
    ///
    /// # Errors
    /// If it does not arrive whole, is empty or too large, or cannot be written. Nothing of it is kept then.
    pub(super) async fn receive(
        self,
        service: &ImportService,
        name: Option<String>,
    ) -> Result<(Received, String), ApiError> {
        let around = if self.form.is_some() { FORM_BYTES } else { 0 };
        let most = service.max_bytes.saturating_add(around);
        if self.announced.is_some_and(|announced| announced > most) {
            return Err(too_large(service.max_bytes));
        }
        let upload = service.upload(self.patience);
        let (received, sent_name) = match self.form {
            None => {
                let received = upload.receive(self.body.into_async_read()).await;
                (received.map_err(upload_error)?, self.name)
            }
            Some(content_type) => {
                let mut form = form(self.body, content_type, most).await?;
                let arriving = tokio::time::timeout(self.patience, first_file(&mut form));
                let field = arriving.await.map_err(|_| ApiError::RequestTimeout)??;
                let sent_name = field.file_name().map(str::to_owned);
                let reader = Box::pin(field.into_async_read());
                let received = upload.receive(reader).await.map_err(upload_error)?;
                (received, sent_name.or(self.name))
            }
        };
        if received.bytes == 0 {
            // The clean-up finds it, if it cannot be deleted now.
            let _ = service.files.remove(&received.key);
            return Err(ApiError::Unprocessable(InvalidField::new(
                "file", "is empty",
            )));
        }
        let name = name.or(sent_name).as_deref().map(plain_name);
        let name = name.filter(|name| !name.is_empty());
        Ok((received, name.unwrap_or_else(|| UNNAMED.to_owned())))
    }
}

/// Opens a form, of which no more than `most` bytes are read.
async fn form(
    body: Body,
    content_type: header::HeaderValue,
    most: u64,
) -> Result<Multipart, ApiError> {
    let request = Request::builder()
        .header(header::CONTENT_TYPE, content_type)
        .finish();
    let limited = Body::from_async_read(body.into_async_read().take(most));
    let mut limited = RequestBody::new(limited);
    <Multipart as FromRequest>::from_request(&request, &mut limited)
        .await
        .map_err(|error| malformed(error.to_string()))
}

async fn first_file(form: &mut Multipart) -> Result<poem::web::Field, ApiError> {
    loop {
        let field = form.next_field().await;
        let field = field.map_err(|error| malformed(error.to_string()))?;
        match field {
            Some(field) if field.file_name().is_some() || field.name() == Some("file") => {
                return Ok(field);
            }
            Some(_) => {}
            None => return Err(malformed("the form has no file".to_owned())),
        }
    }
}

fn malformed(reason: String) -> ApiError {
    ApiError::MalformedBody(InvalidField::new("file", reason))
}

fn too_large(max_bytes: u64) -> ApiError {
    ApiError::TooLarge(usize::try_from(max_bytes).unwrap_or(usize::MAX))
}

fn upload_error(error: UploadError) -> ApiError {
    match error {
        UploadError::TooLarge(max_bytes) => too_large(max_bytes),
        UploadError::Stalled => ApiError::RequestTimeout,
        // What is wrong with a form is worth telling.
        UploadError::Broken(source) if source.kind() == io::ErrorKind::Other => {
            malformed(source.to_string())
        }
        UploadError::Broken(_) => malformed("the body broke off".to_owned()),
        UploadError::StorageFull(source) => ApiError::StorageFull(source.into()),
        UploadError::Write(source) => ApiError::internal(source),
    }
}

/// Name in a `Content-Disposition`: `filename*=UTF-8''...` before `filename="..."`.
fn disposition_name(disposition: &str) -> Option<String> {
    let parameter = |name: &str| {
        disposition.split(';').skip(1).find_map(|part| {
            let (key, value) = part.split_once('=')?;
            let is_it = key.trim().eq_ignore_ascii_case(name);
            is_it.then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    let encoded = parameter("filename*");
    let encoded = encoded.as_deref().and_then(|value| value.split_once("''"));
    if let Some((charset, text)) = encoded
        && charset.eq_ignore_ascii_case("utf-8")
    {
        // Decoded as a form's key, where `+` would be a space.
        let text = text.replace('+', "%2B");
        let decoded = form_urlencoded::parse(text.as_bytes()).next();
        return decoded.map(|(name, _)| name.into_owned());
    }
    parameter("filename")
}

/// Last part of a name without control characters: for people, and never part of a path here.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = last.chars().filter(|c| !c.is_control());
    plain
        .take(MAX_NAME_CHARS)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_in_content_disposition_is_found() {
        for (disposition, name) in [
            ("attachment; filename=\"a b.csv\"", Some("a b.csv")),
            ("attachment; filename=a.csv", Some("a.csv")),
            (
                "attachment; filename=\"x.csv\"; filename*=UTF-8''caf%C3%A9%2Bb.csv",
                Some("café+b.csv"),
            ),
            ("attachment", None),
            ("filename=a.csv", None),
        ] {
            assert_eq!(
                disposition_name(disposition).as_deref(),
                name,
                "{disposition}"
            );
        }
    }

    #[test]
    fn name_with_path_or_control_characters_keeps_last_part() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("C:\\shop\\a.csv"), "a.csv");
        assert_eq!(plain_name("a\u{0}\nb.csv"), "ab.csv");
        assert_eq!(plain_name(&"a".repeat(300)).len(), 255);
        assert_eq!(plain_name("folder/"), "");
    }
}
