//! Addresses that an account keeps.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;
use souk_domain::AddressId;
use souk_store::{Addresses, NewAddress, SavedAddress};

use super::{MAX_BYTES, order_views::AddressView, request::SavedAddressBody};
use crate::{
    api::{Tag, answers::answers, call::now_ms, params::RowId},
    error::ApiError,
    http::{BoundedBody, JsonResponse, SessionPrincipal, TenantContext},
};

/// An address that an account keeps.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "SavedAddress")]
pub struct SavedAddressView {
    /// Address id.
    pub id: i64,
    /// The address.
    pub address: AddressView,
    /// True if deliveries go there unless told otherwise.
    pub delivery_default: bool,
    /// True if bills go there unless told otherwise.
    pub billing_default: bool,
}

/// Addresses of an account.
#[derive(Debug, Object, Serialize)]
pub struct SavedAddresses {
    /// Addresses, the oldest first.
    pub addresses: Vec<SavedAddressView>,
}

impl From<SavedAddress> for SavedAddressView {
    fn from(saved: SavedAddress) -> Self {
        Self {
            id: saved.id.0,
            address: (&saved.address).into(),
            delivery_default: saved.is_delivery_default,
            billing_default: saved.is_billing_default,
        }
    }
}

answers! {
    /// Answers of `listAddresses`.
    AddressesAnswer {
        200 "The addresses." => Addresses(JsonResponse<SavedAddresses>),
    } or BadRequest, Unauthorized, NotFound

    /// Answers of `addAddress`.
    AddedAddressAnswer {
        201 "It is kept." => Added(
            JsonResponse<SavedAddressView>,
            /// URL of the address.
            #[oai(header = "Location")] String,
        ),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `replaceAddress`.
    ReplacedAddressAnswer {
        200 "The address as it is now." => Replaced(JsonResponse<SavedAddressView>),
    } or BadRequest, Unauthorized, NotFound, RequestTimeout, TooLarge, UnsupportedMediaType, InvalidField

    /// Answers of `deleteAddress`.
    DeletedAddressAnswer {
        204 "It is gone." => Deleted,
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on saved addresses.
pub struct AddressesApi;

#[OpenApi(prefix_path = "/api/account/addresses", tag = "Tag::Selling")]
impl AddressesApi {
    /// List one's addresses
    #[oai(path = "/", method = "get", operation_id = "listAddresses")]
    async fn list(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
    ) -> Result<AddressesAnswer, ApiError> {
        let saved = addresses(&context).list(session.0.account.id).await?;
        let addresses = saved.into_iter().map(SavedAddressView::from).collect();
        Ok(AddressesAnswer::Addresses(JsonResponse(SavedAddresses {
            addresses,
        })))
    }

    /// Keep an address
    #[oai(path = "/", method = "post", operation_id = "addAddress")]
    async fn add(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        body: BoundedBody<SavedAddressBody, MAX_BYTES>,
    ) -> Result<AddedAddressAnswer, ApiError> {
        let account = session.0.account.id;
        let new = new_address(body.0)?;
        let addresses = addresses(&context);
        let id = addresses.add(account, &new, now_ms()).await?;
        let saved = addresses.get(account, id).await?;
        let location = format!("/api/account/addresses/{id}");
        Ok(AddedAddressAnswer::Added(
            JsonResponse(saved.into()),
            location,
        ))
    }

    /// Replace an address
    #[oai(path = "/:id", method = "put", operation_id = "replaceAddress")]
    async fn replace(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// Id of the address.
        id: Path<RowId>,
        body: BoundedBody<SavedAddressBody, MAX_BYTES>,
    ) -> Result<ReplacedAddressAnswer, ApiError> {
        let (account, id) = (session.0.account.id, AddressId(id.0.0));
        let new = new_address(body.0)?;
        let addresses = addresses(&context);
        addresses.replace(account, id, &new, now_ms()).await?;
        let saved = addresses.get(account, id).await?;
        Ok(ReplacedAddressAnswer::Replaced(JsonResponse(saved.into())))
    }

    /// Remove an address
    ///
    /// Orders keep the address that they went to.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteAddress")]
    async fn remove(
        &self,
        session: SessionPrincipal,
        context: TenantContext,
        /// Id of the address.
        id: Path<RowId>,
    ) -> Result<DeletedAddressAnswer, ApiError> {
        let (account, id) = (session.0.account.id, AddressId(id.0.0));
        addresses(&context).remove(account, id).await?;
        Ok(DeletedAddressAnswer::Deleted)
    }
}

fn new_address(body: SavedAddressBody) -> Result<NewAddress, ApiError> {
    let address = body.address.address();
    let address = address.map_err(|error| ApiError::Unprocessable(error.within("address")))?;
    Ok(NewAddress {
        address,
        is_delivery_default: body.delivery_default,
        is_billing_default: body.billing_default,
    })
}

fn addresses(context: &TenantContext) -> Addresses {
    context.app.store.scope(context.tenant.id).addresses()
}
