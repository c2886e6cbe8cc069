//! Carts as shoppers use them.

use souk_domain::{
    AccountId, CartId, CartLineId, InvalidField,
    ordering::{PromotionCode, TaxPlace},
};
use souk_identity::TokenHash;
use souk_store::{Cart, CartChoices, CartLineChange, CartOwner, NewCartLine, OfferKey, Tenant};

use crate::{
    cart_pricing::{CartChange, PricedCart},
    customer::Customer,
    error::CommerceError,
    service::CommerceService,
};

/// Most codes in a cart.
const MAX_CODES: usize = 20;
/// Longest note, in characters.
const MAX_NOTE_CHARS: usize = 1_000;

impl CommerceService {
    /// Returns the cart of a customer as it is right now; an empty one if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn cart(
        &self,
        tenant: &Tenant,
        customer: Customer,
        now_ms: i64,
    ) -> Result<PricedCart, CommerceError> {
        let cart = self.stored_cart(tenant, customer, now_ms).await?;
        let cart = cart.unwrap_or_else(|| empty(customer, now_ms));
        let destination = cart.choices.destination.clone();
        // Who buys is known from a session alone; a guest's address comes at the checkout.
        let known = match customer.account {
            Some(account) => {
                let has_bought = self
                    .store
                    .scope(tenant.id)
                    .has_bought(Some(account), "")
                    .await?;
                (Some(format!("account:{account}")), has_bought)
            }
            None => (None, false),
        };
        let computed = self
            .compute_cart(tenant, cart, destination, known, now_ms)
            .await?;
        Ok(computed.cart)
    }

    pub(crate) async fn stored_cart(
        &self,
        tenant: &Tenant,
        customer: Customer,
        now_ms: i64,
    ) -> Result<Option<Cart>, CommerceError> {
        match customer.owner() {
            Some(owner) => Ok(self
                .store
                .scope(tenant.id)
                .carts()
                .get(owner, now_ms)
                .await?),
            None => Ok(None),
        }
    }

    /// Puts units of an offer into a cart.
    ///
    /// # Errors
    /// If the offer is not sold, the cart is full, or the database fails.
    pub async fn add_to_cart(
        &self,
        tenant: &Tenant,
        owner: CartOwner,
        (offer, quantity): (OfferKey, i64),
        note: Option<String>,
        now_ms: i64,
    ) -> Result<CartLineId, CommerceError> {
        let offers = self.offers(tenant.id, &[offer], now_ms).await?;
        let Some(sold) = offers.get(&offer) else {
            let message =
                "is not sold: it does not exist, or its product, seller or category is closed";
            return Err(InvalidField::new("variant", message).into());
        };
        if sold.currency != tenant.currency {
            let message = format!(
                "is sold in {}, not in {}",
                sold.currency.code(),
                tenant.currency.code()
            );
            return Err(InvalidField::new("variant", message).into());
        }
        let line = NewCartLine {
            offer,
            quantity,
            is_saved: false,
            seen_price: sold.price,
            title: sold.title.clone(),
            note: checked_note(note)?,
        };
        let carts = self.store.scope(tenant.id).carts();
        Ok(carts.add(owner, &line, now_ms).await?)
    }

    /// Changes a line of a cart.
    ///
    /// # Errors
    /// If there is none, a value is out of range, or the database fails.
    pub async fn change_line(
        &self,
        tenant: &Tenant,
        owner: CartOwner,
        line: CartLineId,
        mut change: CartLineChange,
        now_ms: i64,
    ) -> Result<(), CommerceError> {
        if let Some(note) = change.note {
            change.note = Some(checked_note(note)?);
        }
        let carts = self.store.scope(tenant.id).carts();
        Ok(carts.change(owner, line, &change, now_ms).await?)
    }

    /// Takes a line out of a cart.
    ///
    /// # Errors
    /// If there is none, or the database fails.
    pub async fn remove_line(
        &self,
        tenant: &Tenant,
        owner: CartOwner,
        line: CartLineId,
        now_ms: i64,
    ) -> Result<(), CommerceError> {
        let carts = self.store.scope(tenant.id).carts();
        Ok(carts.remove(owner, line, now_ms).await?)
    }

    /// Changes what was chosen besides the goods; `change` gets the choices as they are.
    ///
    /// # Errors
    /// If a value cannot be taken, or the database fails.
    pub async fn choose(
        &self,
        tenant: &Tenant,
        owner: CartOwner,
        change: impl FnOnce(&mut CartChoices),
        now_ms: i64,
    ) -> Result<(), CommerceError> {
        let carts = self.store.scope(tenant.id).carts();
        let cart = carts.get(owner, now_ms).await?;
        let mut choices = cart.map(|cart| cart.choices).unwrap_or_default();
        change(&mut choices);
        choices.note = checked_note(choices.note)?;
        choices.codes = checked_codes(choices.codes)?;
        check_place(choices.destination.as_ref())?;
        Ok(carts.choose(owner, &choices, now_ms).await?)
    }

    /// Takes note that the shopper has seen the cart as it is, and agrees to its prices.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn acknowledge(
        &self,
        tenant: &Tenant,
        customer: Customer,
        now_ms: i64,
    ) -> Result<(), CommerceError> {
        let owner = customer.owner().ok_or(CommerceError::NotFound("cart"))?;
        let cart = self.cart(tenant, customer, now_ms).await?;
        let seen = cart.lines.iter().filter_map(|line| {
            let differs = |change: &CartChange| !change.is_obstacle();
            let offer = line.offer.as_ref()?;
            line.changes
                .iter()
                .any(differs)
                .then(|| (line.line.id, offer.price, offer.title.clone()))
        });
        let seen: Vec<_> = seen.collect();
        if seen.is_empty() {
            return Ok(());
        }
        let carts = self.store.scope(tenant.id).carts();
        Ok(carts.saw(owner, &seen, now_ms).await?)
    }

    /// Moves a guest's cart into that of the account, and returns how many lines were moved.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn merge_carts(
        &self,
        tenant: &Tenant,
        guest: TokenHash,
        account: AccountId,
        now_ms: i64,
    ) -> Result<usize, CommerceError> {
        let carts = self.store.scope(tenant.id).carts();
        Ok(carts.merge(guest, account, now_ms).await?)
    }

    /// Empties a cart and forgets it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete_cart(
        &self,
        tenant: &Tenant,
        owner: CartOwner,
    ) -> Result<(), CommerceError> {
        Ok(self.store.scope(tenant.id).carts().delete(owner).await?)
    }
}

fn empty(customer: Customer, now_ms: i64) -> Cart {
    Cart {
        id: CartId(0),
        account: customer.account,
        choices: CartChoices::default(),
        lines: Vec::new(),
        updated_at_ms: now_ms,
        expires_at_ms: now_ms,
    }
}

/// Returns a note without blanks around it; none if it is empty.
pub(crate) fn checked_note(note: Option<String>) -> Result<Option<String>, InvalidField> {
    let note = note.map(|note| note.trim().to_owned());
    let note = note.filter(|note| !note.is_empty());
    let is_wrong = |note: &String| {
        note.chars().count() > MAX_NOTE_CHARS
            || note
                .chars()
                .any(|letter| letter.is_control() && letter != '\n')
    };
    if note.as_ref().is_some_and(is_wrong) {
        let message =
            format!("must have at most {MAX_NOTE_CHARS} characters, no controls among them");
        return Err(InvalidField::new("note", message));
    }
    Ok(note)
}

/// Returns codes in normal form, each once. Whether they are any promotion's is said with the figures.
fn checked_codes(codes: Vec<String>) -> Result<Vec<String>, InvalidField> {
    let mut checked: Vec<String> = Vec::with_capacity(codes.len());
    for (place, code) in codes.into_iter().enumerate() {
        let code: PromotionCode = code.parse().map_err(|error: InvalidField| {
            InvalidField::new(format!("codes[{place}]"), error.message)
        })?;
        if !checked.iter().any(|known| known == code.as_str()) {
            checked.push(code.to_string());
        }
    }
    if checked.len() > MAX_CODES {
        let message = format!("has at most {MAX_CODES} entries");
        return Err(InvalidField::new("codes", message));
    }
    Ok(checked)
}

fn check_place(place: Option<&TaxPlace>) -> Result<(), InvalidField> {
    let region = place.and_then(|place| place.region.as_deref());
    let is_long = |region: &str| region.chars().count() > 100 || region.contains('\0');
    if region.is_some_and(is_long) {
        let message = "must have at most 100 characters";
        return Err(InvalidField::new("destination.region", message));
    }
    Ok(())
}
