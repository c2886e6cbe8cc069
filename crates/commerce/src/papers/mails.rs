//! The sink of events that writes mails to customers.

use souk_domain::TenantId;
use souk_identity::MailAddress;
use souk_store::{Event, EventBatch, NewMail, Sink, StoreError, Tenant};

use super::{
    letters::{Facts, letter},
    seller_mails,
};
use crate::{error::CommerceError, service::CommerceService};

/// Events that are read at once.
const AT_ONCE: u32 = 50;

impl CommerceService {
    /// Writes the mails of a tenant's next events, in one transaction with how far it has read. False if there were none, or
    /// another process has them.
    ///
    /// # Errors
    /// If the database fails; then the events are read again.
    pub async fn write_mails(&self, tenant: TenantId) -> Result<bool, CommerceError> {
        let Some(sender) = self.store.tenants().get(tenant).await? else {
            return Ok(false);
        };
        let events = self.store.scope(tenant).events();
        let Some(batch) = events.claim(Sink::Mail, AT_ONCE).await? else {
            return Ok(false);
        };
        for event in &batch.events {
            match self.write_mail(&batch, &sender, event).await {
                Ok(()) => {}
                // Nobody can read it next time either: it must not keep the others from being read.
                Err(CommerceError::NotFound(_) | CommerceError::Store(StoreError::Encoding(_))) => {
                    tracing::warn!(
                        number = event.number,
                        kind = event.kind,
                        "event has no mail"
                    );
                }
                Err(error) => return Err(error),
            }
        }
        batch.finish().await?;
        Ok(true)
    }

    async fn write_mail(
        &self,
        batch: &EventBatch,
        sender: &Tenant,
        event: &Event,
    ) -> Result<(), CommerceError> {
        if seller_mails::write(batch, sender, event).await? {
            return Ok(());
        }
        let Some(about) = Facts::of(event)? else {
            return Ok(());
        };
        let scope = batch.scope();
        let group = match (about.purchase, about.order) {
            (Some(group), _) => Some(group),
            (None, Some(order)) => scope.order_group_of_order(order).await?,
            (None, None) => None,
        };
        let group = group.ok_or(CommerceError::NotFound("purchase"))?;
        let group = scope.order_group(group).await?;
        let parcels = match about.parcel {
            Some(_) => scope.fulfilments(group.id).await?,
            None => Vec::new(),
        };
        let link = self.options.order_page(&sender.slug, group.id);
        let days = self.options.withdrawal.days;
        let Some((kind, mut values)) = letter(event, &about, &group, &parcels)? else {
            return Ok(());
        };
        // A customer who is erased has no address any more.
        let Ok(recipient) = MailAddress::parse(&group.mail) else {
            return Ok(());
        };
        values.shop.clone_from(&sender.name);
        values.link = link;
        values.withdrawal_days = days;
        let mail = NewMail {
            recipient,
            template: kind.name(),
            language: group.language.clone(),
            data: serde_json::to_string(&values).map_err(StoreError::from)?,
            at_ms: event.at_ms,
        };
        Ok(batch.add_mail(group.account, &mail).await?)
    }
}
