//! Carts: what a shopper means to buy. A guest's cart is found by a token, an account's by the account.

use std::collections::BTreeMap;

use sea_orm::{FromQueryResult, Value};
use serde::{Deserialize, Serialize};
use souk_domain::{
    AccountId, CartId, CartLineId, InvalidField, OfferId, VariantId, ordering::TaxPlace,
};
use souk_identity::TokenHash;

use super::stock::OfferKey;
use crate::{
    Scope, Store, StoreError, Transaction,
    backend::{IdRow, all, execute, first},
};

/// Most lines of a cart, those saved for later included.
pub const CART_LINES: usize = 500;
/// Time for which a guest's cart is kept after its last change, in milliseconds.
const GUEST_CART_MS: i64 = 30 * 24 * 3_600_000;
/// Time for which an account's cart is kept after its last change, in milliseconds.
const ACCOUNT_CART_MS: i64 = 365 * 24 * 3_600_000;
/// Carts that one run of [`Store::prune_carts`] deletes at most.
const PRUNED_AT_ONCE: u64 = 1_000;

/// Owner of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CartOwner {
    /// Whoever has the token of this hash.
    Guest(TokenHash),
    /// An account.
    Account(AccountId),
}

impl CartOwner {
    fn kept_ms(self) -> i64 {
        match self {
            Self::Guest(_) => GUEST_CART_MS,
            Self::Account(_) => ACCOUNT_CART_MS,
        }
    }

    fn columns(self) -> [Value; 2] {
        match self {
            Self::Guest(hash) => [hash.0.to_vec().into(), None::<i64>.into()],
            Self::Account(id) => [None::<Vec<u8>>.into(), id.0.into()],
        }
    }
}

/// Choices of a shopper besides the goods.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CartChoices {
    /// Codes of promotions, in normal form, in the order in which they were entered.
    pub codes: Vec<String>,
    /// Note to the sellers.
    pub note: Option<String>,
    /// Place of delivery, by which delivery and tax are estimated.
    pub destination: Option<TaxPlace>,
    /// Chosen delivery method of each seller, by the seller's id.
    pub delivery: BTreeMap<i64, i64>,
}

/// A line of a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartLine {
    /// Line id.
    pub id: CartLineId,
    /// Offer that it is about.
    pub offer: OfferKey,
    /// Units.
    pub quantity: i64,
    /// True if it is saved for later and not bought.
    pub is_saved: bool,
    /// Unit price as the shopper saw it last, in minor units.
    pub seen_price: i64,
    /// Title of the product as the shopper saw it last.
    pub title: String,
    /// Note to the seller.
    pub note: Option<String>,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    /// Cart id.
    pub id: CartId,
    /// Account that it is of; none if it is a guest's.
    pub account: Option<AccountId>,
    /// Choices besides the goods.
    pub choices: CartChoices,
    /// Lines, the oldest first.
    pub lines: Vec<CartLine>,
    /// Time of the last change, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
    /// Time at which it is deleted unless it is changed, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
}

/// A line to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCartLine {
    /// Offer that it is about.
    pub offer: OfferKey,
    /// Units, 1 to 10,000.
    pub quantity: i64,
    /// True if it is saved for later.
    pub is_saved: bool,
    /// Unit price that the shopper sees, in minor units.
    pub seen_price: i64,
    /// Title of the product.
    pub title: String,
    /// Note to the seller.
    pub note: Option<String>,
}

/// Change of a line; `None` leaves a value as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CartLineChange {
    /// Units, 1 to 10,000.
    pub quantity: Option<i64>,
    /// True to save it for later.
    pub is_saved: Option<bool>,
    /// Note to the seller; the inner none removes it.
    pub note: Option<Option<String>>,
}

/// Carts of a tenant.
#[derive(Debug, Clone)]
pub struct Carts {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct CartRow {
    id: i64,
    account_id: Option<i64>,
    choices: String,
    updated_at: i64,
    expires_at: i64,
}

#[derive(FromQueryResult)]
struct LineRow {
    id: i64,
    variant_id: i64,
    offer_id: i64,
    quantity: i64,
    is_saved: i64,
    seen_price: i64,
    title: String,
    note: Option<String>,
}

impl From<LineRow> for CartLine {
    fn from(row: LineRow) -> Self {
        Self {
            id: CartLineId(row.id),
            offer: OfferKey::of_row(row.variant_id, row.offer_id),
            quantity: row.quantity,
            is_saved: row.is_saved != 0,
            seen_price: row.seen_price,
            title: row.title,
            note: row.note,
        }
    }
}

pub(crate) const BY_TOKEN: &str =
    "SELECT id, account_id, choices, updated_at, expires_at FROM carts
     WHERE token_hash = $2 AND tenant_id = $1 AND expires_at > $3";
pub(crate) const BY_ACCOUNT: &str =
    "SELECT id, account_id, choices, updated_at, expires_at FROM carts
     WHERE tenant_id = $1 AND account_id = $2 AND expires_at > $3";
pub(crate) const LINES: &str =
    "SELECT id, variant_id, offer_id, quantity, is_saved, seen_price, title, note FROM cart_lines
     WHERE cart_id = $1 ORDER BY id";
pub(crate) const PRUNE: &str = "DELETE FROM carts WHERE id IN (SELECT id FROM carts WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";

impl Scope {
    /// Carts of the tenant.
    pub fn carts(&self) -> Carts {
        Carts {
            scope: self.clone(),
        }
    }
}

impl Carts {
    /// Returns the cart of an owner; none if there is none, or it has expired.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, owner: CartOwner, now_ms: i64) -> Result<Option<Cart>, StoreError> {
        let connection = self.scope.store.connection();
        let Some(row) = first::<CartRow>(connection, self.find(owner, now_ms)).await? else {
            return Ok(None);
        };
        let lines = self.scope.store.backend().statement(LINES, [row.id.into()]);
        let lines = all::<LineRow>(connection, lines).await?;
        Ok(Some(Cart {
            id: CartId(row.id),
            account: row.account_id.map(AccountId),
            choices: serde_json::from_str(&row.choices)?,
            lines: lines.into_iter().map(CartLine::from).collect(),
            updated_at_ms: row.updated_at,
            expires_at_ms: row.expires_at,
        }))
    }

    /// Adds units of an offer, to the line that has it already if there is one. Makes the cart if there is none.
    ///
    /// # Errors
    /// If there would be more than 10,000 units of the line or [`CART_LINES`] lines, or the database fails.
    pub async fn add(
        &self,
        owner: CartOwner,
        line: &NewCartLine,
        now_ms: i64,
    ) -> Result<CartLineId, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let cart = self.made(&transaction, owner, now_ms).await?;
        let id = self.put(&transaction, cart, line, now_ms).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Changes a line. A line that is moved to where its offer has one already is added to that.
    ///
    /// # Errors
    /// If there is no such line, a value is out of range, or the database fails.
    pub async fn change(
        &self,
        owner: CartOwner,
        id: CartLineId,
        change: &CartLineChange,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        let cart = self.existing(&transaction, owner, now_ms).await?;
        let lines = self.lines(&transaction, cart).await?;
        let Some(line) = lines.iter().find(|line| line.id == id) else {
            return Err(StoreError::NotFound("line of the cart"));
        };
        let quantity = change.quantity.unwrap_or(line.quantity);
        let is_saved = change.is_saved.unwrap_or(line.is_saved);
        let note = change.note.clone().unwrap_or_else(|| line.note.clone());
        let twin = |other: &&CartLine| {
            other.id != id && other.offer == line.offer && other.is_saved == is_saved
        };
        let twin = lines.iter().find(twin);
        let quantity = quantity + twin.map_or(0, |twin| twin.quantity);
        check_quantity(quantity)?;
        if let Some(twin) = twin {
            self.delete_line(&transaction, cart, twin.id).await?;
        }
        let sql = "UPDATE cart_lines SET quantity = $3, is_saved = $4, note = $5 WHERE cart_id = $1 AND id = $2";
        let values = [
            cart.into(),
            id.0.into(),
            quantity.into(),
            i64::from(is_saved).into(),
            note.into(),
        ];
        execute(&transaction, self.statement(sql, values)).await?;
        Ok(transaction.commit().await?)
    }

    /// Removes a line.
    ///
    /// # Errors
    /// If there is no such line, or the database fails.
    pub async fn remove(
        &self,
        owner: CartOwner,
        id: CartLineId,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        let cart = self.existing(&transaction, owner, now_ms).await?;
        if self.delete_line(&transaction, cart, id).await? == 0 {
            return Err(StoreError::NotFound("line of the cart"));
        }
        Ok(transaction.commit().await?)
    }

    /// Sets the choices besides the goods. Makes the cart if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn choose(
        &self,
        owner: CartOwner,
        choices: &CartChoices,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        let cart = self.made(&transaction, owner, now_ms).await?;
        let sql = "UPDATE carts SET choices = $2 WHERE id = $1";
        let values = [cart.into(), serde_json::to_string(choices)?.into()];
        execute(&transaction, self.statement(sql, values)).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes note that the shopper has seen these prices and titles.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn saw(
        &self,
        owner: CartOwner,
        seen: &[(CartLineId, i64, String)],
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let transaction = self.scope.store.begin().await?;
        let cart = self.existing(&transaction, owner, now_ms).await?;
        for (id, price, title) in seen {
            let sql =
                "UPDATE cart_lines SET seen_price = $3, title = $4 WHERE cart_id = $1 AND id = $2";
            let values = [
                cart.into(),
                id.0.into(),
                (*price).into(),
                title.as_str().into(),
            ];
            execute(&transaction, self.statement(sql, values)).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Deletes a cart with its lines; does nothing if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete(&self, owner: CartOwner) -> Result<(), StoreError> {
        let (sql, value): (_, Value) = match owner {
            CartOwner::Guest(hash) => (
                "DELETE FROM carts WHERE tenant_id = $1 AND token_hash = $2",
                hash.0.to_vec().into(),
            ),
            CartOwner::Account(id) => (
                "DELETE FROM carts WHERE tenant_id = $1 AND account_id = $2",
                id.0.into(),
            ),
        };
        let transaction = self.scope.store.begin().await?;
        let statement = self.statement(sql, [self.scope.tenant.0.into(), value]);
        execute(&transaction, statement).await?;
        Ok(transaction.commit().await?)
    }

    /// Moves all that is in a guest's cart into that of an account, and deletes the guest's. Of a line that both have the
    /// units are added, up to 10,000; lines beyond [`CART_LINES`] are left out. Returns how many lines were moved.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn merge(
        &self,
        guest: TokenHash,
        account: AccountId,
        now_ms: i64,
    ) -> Result<usize, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let from = self.find(CartOwner::Guest(guest), now_ms);
        let Some(from) = first::<CartRow>(&transaction, from).await? else {
            return Ok(0);
        };
        let owner = CartOwner::Account(account);
        let into = self.made(&transaction, owner, now_ms).await?;
        let guests = self.lines(&transaction, from.id).await?;
        let mut own = self.lines(&transaction, into).await?;
        let mut moved = 0;
        for line in guests {
            let same = |own: &CartLine| (own.offer, own.is_saved) == (line.offer, line.is_saved);
            let twin = own.iter().find(|own| same(own));
            let room = super::MAX_QUANTITY - twin.map_or(0, |twin| twin.quantity);
            let quantity = line.quantity.min(room);
            if quantity < 1 || twin.is_none() && own.len() >= CART_LINES {
                continue;
            }
            let new = NewCartLine {
                offer: line.offer,
                quantity,
                is_saved: line.is_saved,
                seen_price: line.seen_price,
                title: line.title.clone(),
                note: line.note.clone(),
            };
            self.put(&transaction, into, &new, now_ms).await?;
            moved += 1;
            own.push(line);
        }
        self.merge_choices(&transaction, &from, into).await?;
        let delete = "DELETE FROM carts WHERE id = $1";
        execute(&transaction, self.statement(delete, [from.id.into()])).await?;
        transaction.commit().await?;
        Ok(moved)
    }

    /// Takes over the choices of a guest's cart where the account's has none.
    async fn merge_choices(
        &self,
        transaction: &Transaction,
        from: &CartRow,
        into: i64,
    ) -> Result<(), StoreError> {
        let sql = "SELECT id, account_id, choices, updated_at, expires_at FROM carts WHERE id = $1";
        let own = first::<CartRow>(transaction, self.statement(sql, [into.into()])).await?;
        let own = own.ok_or(StoreError::NotFound("cart"))?;
        let mut own: CartChoices = serde_json::from_str(&own.choices)?;
        let guests: CartChoices = serde_json::from_str(&from.choices)?;
        for code in guests.codes {
            if !own.codes.contains(&code) {
                own.codes.push(code);
            }
        }
        own.note = own.note.or(guests.note);
        own.destination = own.destination.or(guests.destination);
        for (seller, method) in guests.delivery {
            own.delivery.entry(seller).or_insert(method);
        }
        let sql = "UPDATE carts SET choices = $2 WHERE id = $1";
        let values = [into.into(), serde_json::to_string(&own)?.into()];
        execute(transaction, self.statement(sql, values)).await?;
        Ok(())
    }

    fn find(&self, owner: CartOwner, now_ms: i64) -> sea_orm::Statement {
        let (sql, value): (_, Value) = match owner {
            CartOwner::Guest(hash) => (BY_TOKEN, hash.0.to_vec().into()),
            CartOwner::Account(id) => (BY_ACCOUNT, id.0.into()),
        };
        self.statement(sql, [self.scope.tenant.0.into(), value, now_ms.into()])
    }

    /// Returns the id of the cart, which counts as changed now and is locked until the transaction ends.
    async fn existing(
        &self,
        transaction: &Transaction,
        owner: CartOwner,
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        let row = first::<CartRow>(transaction, self.find(owner, now_ms)).await?;
        let id = row.ok_or(StoreError::NotFound("cart"))?.id;
        // By an update, so that two requests about one cart take turns.
        let sql = "UPDATE carts SET updated_at = $2, expires_at = $3 WHERE id = $1 RETURNING id";
        let expires_at = now_ms.saturating_add(owner.kept_ms());
        let statement = self.statement(sql, [id.into(), now_ms.into(), expires_at.into()]);
        match first::<IdRow>(transaction, statement).await? {
            Some(row) => Ok(row.id),
            None => Err(StoreError::NotFound("cart")),
        }
    }

    /// As [`Self::existing`], but makes the cart if there is none or it has expired.
    async fn made(
        &self,
        transaction: &Transaction,
        owner: CartOwner,
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        let key = match owner {
            CartOwner::Guest(_) => "(token_hash)",
            CartOwner::Account(_) => "(tenant_id, account_id)",
        };
        // What has expired and was not deleted yet must not come back to life.
        let clear = "DELETE FROM carts WHERE tenant_id = $1 AND expires_at <= $2 AND (token_hash = $3 OR account_id = $4)";
        let [token, account] = owner.columns();
        let tenant = || self.scope.tenant.0.into();
        let values = [tenant(), now_ms.into(), token.clone(), account.clone()];
        execute(transaction, self.statement(clear, values)).await?;
        let sql = format!(
            "INSERT INTO carts (tenant_id, token_hash, account_id, created_at, updated_at, expires_at)
             VALUES ($1, $2, $3, $4, $4, $5)
             ON CONFLICT {key} DO UPDATE SET updated_at = excluded.updated_at, expires_at = excluded.expires_at
             RETURNING id"
        );
        let expires_at = now_ms.saturating_add(owner.kept_ms());
        let values = [tenant(), token, account, now_ms.into(), expires_at.into()];
        let row = first::<IdRow>(transaction, self.statement(sql, values)).await?;
        Ok(row.ok_or(StoreError::NotFound("cart"))?.id)
    }

    async fn lines(
        &self,
        transaction: &Transaction,
        cart: i64,
    ) -> Result<Vec<CartLine>, StoreError> {
        let lines = all::<LineRow>(transaction, self.statement(LINES, [cart.into()])).await?;
        Ok(lines.into_iter().map(CartLine::from).collect())
    }

    async fn put(
        &self,
        transaction: &Transaction,
        cart: i64,
        line: &NewCartLine,
        now_ms: i64,
    ) -> Result<CartLineId, StoreError> {
        let lines = self.lines(transaction, cart).await?;
        let same = |own: &&CartLine| (own.offer, own.is_saved) == (line.offer, line.is_saved);
        let twin = lines.iter().find(same);
        check_quantity(line.quantity)?;
        check_quantity(line.quantity + twin.map_or(0, |twin| twin.quantity))?;
        if twin.is_none() && lines.len() >= CART_LINES {
            let message = format!("a cart has at most {CART_LINES} lines");
            return Err(InvalidField::new("lines", message).into());
        }
        let sql = "INSERT INTO cart_lines (cart_id, variant_id, offer_id, quantity, is_saved, seen_price, title, note, added_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (cart_id, variant_id, offer_id, is_saved) DO UPDATE
             SET quantity = cart_lines.quantity + excluded.quantity, seen_price = excluded.seen_price,
                 title = excluded.title, note = coalesce(excluded.note, cart_lines.note)
             RETURNING id";
        let values = [
            cart.into(),
            line.offer.variant.0.into(),
            line.offer.offer_row().into(),
            line.quantity.into(),
            i64::from(line.is_saved).into(),
            line.seen_price.into(),
            line.title.as_str().into(),
            line.note.clone().into(),
            now_ms.into(),
        ];
        let row = first::<IdRow>(transaction, self.statement(sql, values)).await?;
        Ok(CartLineId(row.ok_or(StoreError::NotFound("cart"))?.id))
    }

    async fn delete_line(
        &self,
        transaction: &Transaction,
        cart: i64,
        id: CartLineId,
    ) -> Result<u64, StoreError> {
        let sql = "DELETE FROM cart_lines WHERE cart_id = $1 AND id = $2";
        execute(transaction, self.statement(sql, [cart.into(), id.0.into()])).await
    }

    fn statement(
        &self,
        sql: impl Into<String>,
        values: impl IntoIterator<Item = Value>,
    ) -> sea_orm::Statement {
        self.scope.store.backend().statement(sql, values)
    }
}

impl Store {
    /// Deletes carts that have expired, of all tenants, and returns how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune_carts(&self, now_ms: i64) -> Result<u64, StoreError> {
        let mut pruned = 0;
        loop {
            let transaction = self.begin().await?;
            let values = [now_ms.into(), (PRUNED_AT_ONCE as i64).into()];
            let deleted = execute(&transaction, self.backend().statement(PRUNE, values)).await?;
            transaction.commit().await?;
            pruned += deleted;
            if deleted < PRUNED_AT_ONCE {
                return Ok(pruned);
            }
        }
    }
}

fn check_quantity(quantity: i64) -> Result<(), InvalidField> {
    if (1..=super::MAX_QUANTITY).contains(&quantity) {
        return Ok(());
    }
    let message = format!("must be a whole number from 1 to {}", super::MAX_QUANTITY);
    Err(InvalidField::new("quantity", message))
}

impl OfferKey {
    /// Key of a row, in which 0 is the offer of the product's own seller.
    pub(super) fn of_row(variant: i64, offer: i64) -> Self {
        Self {
            variant: VariantId(variant),
            offer: (offer != 0).then_some(OfferId(offer)),
        }
    }

    /// Value of the row's `offer_id`.
    pub(super) fn offer_row(self) -> i64 {
        self.offer.map_or(0, |offer| offer.0)
    }
}
