//! Bodies on their way in: how large they may be, how long they may take, and where they are parsed.

use bytes::Bytes;
use poem::{
    Body, FromRequest as _, Request, RequestBody, Result, error::ReadBodyError, http::header,
};
use serde::de::DeserializeOwned;
use souk_store::audit::note;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task,
};

use super::{
    packed::Packing,
    reading::{Nulls, read},
    sent,
};
use crate::{error::ApiError, http::RequestLimits};

/// Most bytes of all bodies that are being received and parsed at the same time. Further ones are answered with 503.
const MAX_BYTES_IN_FLIGHT: usize = 256 * 1024 * 1024;
/// Bytes per permit.
const PERMIT_BYTES: usize = 4 * 1024;
/// Size from which a body is parsed off the async workers, in bytes: parsing that much takes about a millisecond.
const LONG_PARSING_BYTES: usize = 256 * 1024;

/// Check of a body that was read.
pub(super) type Check = fn(&[u8]) -> Result<(), ApiError>;

static IN_FLIGHT: Semaphore = bytes_in_flight();

const fn bytes_in_flight() -> Semaphore {
    Semaphore::const_new(MAX_BYTES_IN_FLIGHT / PERMIT_BYTES)
}

/// Receives, unpacks and parses a JSON body of at most `max_bytes`, packed and unpacked.
///
/// # Errors
/// If the body is too large, too slow or malformed, or too many bytes of other bodies are in flight.
pub(super) async fn parsed<T: DeserializeOwned + Send + 'static>(
    request: &Request,
    body: &mut RequestBody,
    max_bytes: usize,
    nulls: Nulls,
    check: Check,
) -> Result<T> {
    let packing = Packing::of(request.header(header::CONTENT_ENCODING))?;
    let announced = request
        .header(header::CONTENT_LENGTH)
        .and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max_bytes) {
        return Err(ApiError::TooLarge(max_bytes).into());
    }
    // Kept until the body is parsed: a tree of values is several times as large as its text.
    let reserved = announced.filter(|_| packing == Packing::Identity);
    let permits = reserve(&IN_FLIGHT, reserved.unwrap_or(max_bytes))?;
    let bytes = received(request, body, max_bytes).await?;
    let is_short = packing == Packing::Identity && bytes.len() < LONG_PARSING_BYTES;
    let is_audited = note::is_wanted();
    let parse = move || {
        let unpacked = packing.unpacked(&bytes, max_bytes)?;
        let sent = is_audited.then(|| sent::of(&unpacked));
        let read = read(&unpacked, nulls)?;
        check(&unpacked)?;
        Ok::<_, ApiError>((read, sent))
    };
    let (parsed, sent) = if is_short {
        parse()?
    } else {
        let parsing = task::spawn_blocking(move || {
            let parsed = parse();
            drop(permits);
            parsed
        });
        parsing.await.map_err(ApiError::internal)??
    };
    if let Some(sent) = sent {
        note::detail("sent", || sent);
    }
    Ok(parsed)
}

/// Receives and unpacks a body of at most `max_bytes`, packed and unpacked.
///
/// # Errors
/// If the body is too large, too slow or badly packed, or too many bytes of other bodies are in flight.
pub(crate) async fn raw(
    request: &Request,
    body: &mut RequestBody,
    max_bytes: usize,
) -> Result<Bytes> {
    let packing = Packing::of(request.header(header::CONTENT_ENCODING))?;
    let announced = request
        .header(header::CONTENT_LENGTH)
        .and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max_bytes) {
        return Err(ApiError::TooLarge(max_bytes).into());
    }
    let reserved = announced.filter(|_| packing == Packing::Identity);
    let _permits = reserve(&IN_FLIGHT, reserved.unwrap_or(max_bytes))?;
    let bytes = received(request, body, max_bytes).await?;
    match packing {
        Packing::Identity => Ok(bytes),
        Packing::Gzip => Ok(packing.unpacked(&bytes, max_bytes)?.into_owned().into()),
    }
}

fn reserve(in_flight: &Semaphore, bytes: usize) -> Result<SemaphorePermit<'_>, ApiError> {
    let permits = bytes.div_ceil(PERMIT_BYTES).max(1);
    let permits = u32::try_from(permits).unwrap_or(u32::MAX);
    in_flight
        .try_acquire_many(permits)
        .map_err(|_| ApiError::Overloaded)
}

/// The whole body, if it is not too large and comes in time.
async fn received(request: &Request, body: &mut RequestBody, max_bytes: usize) -> Result<Bytes> {
    let limits = request.data::<RequestLimits>().copied();
    let body = Body::from_request(request, body).await?;
    let receiving = tokio::time::timeout(
        limits.unwrap_or_default().body_timeout,
        body.into_bytes_limit(max_bytes),
    );
    match receiving.await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(ApiError::TooLarge(max_bytes).into()),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(ApiError::RequestTimeout.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_beyond_the_bytes_in_flight_are_refused_until_others_are_done() {
        let in_flight = bytes_in_flight();
        let most = reserve(&in_flight, MAX_BYTES_IN_FLIGHT - PERMIT_BYTES).unwrap();
        let last = reserve(&in_flight, 1).unwrap();
        let refused = reserve(&in_flight, 1);
        assert!(matches!(refused, Err(ApiError::Overloaded)));
        drop((most, last));
        drop(reserve(&in_flight, MAX_BYTES_IN_FLIGHT).unwrap());
    }
}
