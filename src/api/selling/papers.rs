//! Invoices of a customer's purchases.

use poem_openapi::{
    OpenApi,
    param::{Header, Path, Query},
};
use souk_domain::{OrderGroupId, OrderId};

use super::orders::purchase_of;
use crate::{
    api::{Tag, answers::answers, params::RowId, printed::PrintedPage},
    error::ApiError,
    http::{MaybeSession, TenantContext},
};

answers! {
    /// Answers of `getInvoices`.
    InvoicesAnswer {
        200 "The page, in the language of the purchase." => Page(PrintedPage),
    } or BadRequest, Unauthorized, NotFound
}

/// Operations on papers of a customer.
pub struct PapersApi;

#[OpenApi(prefix_path = "/api/orders", tag = "Tag::Selling")]
impl PapersApi {
    /// Print the invoices of a purchase
    ///
    /// One for each seller, with its credit notes, as an HTML page for printing. An order has its invoice once it was paid or
    /// something of it was sent; before that it is 404. A guest's by the purchase's token.
    #[oai(path = "/:id/invoice", method = "get", operation_id = "getInvoices")]
    async fn invoices(
        &self,
        session: MaybeSession,
        context: TenantContext,
        /// Id of the purchase.
        id: Path<RowId>,
        /// Only the one of the order with this id.
        order: Query<Option<RowId>>,
        /// Token of a guest's purchase.
        #[oai(name = "X-Order-Token")]
        token: Header<Option<String>>,
    ) -> Result<InvoicesAnswer, ApiError> {
        let group = purchase_of(&context, &session, &token, OrderGroupId(id.0.0)).await?;
        let only = order.0.map(|id| OrderId(id.0));
        let commerce = &context.app.commerce;
        let page = commerce.invoice_document(&context.tenant, &group, only);
        Ok(InvoicesAnswer::Page(PrintedPage(page.await?)))
    }
}
