//! Sessions that are alive. One that ends is deleted, so that whatever is not found is over.

use sea_orm::{FromQueryResult, Statement};
use souk_domain::{AccountId, SessionId};
use souk_identity::{SessionKind, TokenHash};

use super::{
    accounts::Account,
    factors, links,
    memberships::{self, Membership},
    writing::run,
};
use crate::{
    Scope, Store, StoreError, Transaction,
    backend::{IdRow, all, execute, first},
};

/// Longest description of a client, in characters.
const MAX_USER_AGENT_CHARS: usize = 200;

/// A session, without its token, of which only a hash is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Session id.
    pub id: SessionId,
    /// Account whose session it is.
    pub account: AccountId,
    /// Kind.
    pub kind: SessionKind,
    /// Network that it began from.
    pub network: String,
    /// Client that it began with.
    pub user_agent: String,
    /// Time of the sign-in, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of a recent use, in milliseconds since 1970 UTC.
    pub last_used_at_ms: i64,
    /// Time without use after which it ends, in milliseconds.
    pub idle_ms: i64,
    /// End, in milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
    /// Time at which a second factor was last proven in it, in milliseconds since 1970 UTC.
    pub factor_at_ms: Option<i64>,
}

impl Session {
    /// Returns true if it has not ended by itself.
    pub fn is_alive(&self, now_ms: i64) -> bool {
        now_ms < self.expires_at_ms && now_ms.saturating_sub(self.last_used_at_ms) < self.idle_ms
    }
}

/// A session with whom it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSession {
    /// The session.
    pub session: Session,
    /// Account of the session.
    pub account: Account,
    /// Roles of the account.
    pub memberships: Vec<Membership>,
}

/// A session to be begun.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Account.
    pub account: AccountId,
    /// Hash of the token.
    pub hash: TokenHash,
    /// Kind.
    pub kind: SessionKind,
    /// Network of the client.
    pub network: String,
    /// Client.
    pub user_agent: String,
    /// Most sessions of the account; the oldest end.
    pub at_most: u32,
    /// Time, in milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// The sessions of one tenant.
#[derive(Debug, Clone)]
pub struct Sessions {
    scope: Scope,
}

#[derive(FromQueryResult)]
struct SessionRow {
    id: i64,
    account_id: i64,
    kind: String,
    network: String,
    user_agent: String,
    created_at: i64,
    last_used_at: i64,
    idle_ms: i64,
    expires_at: i64,
    factor_at: Option<i64>,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: SessionId(row.id),
            account: AccountId(row.account_id),
            kind: SessionKind::named(&row.kind),
            network: row.network,
            user_agent: row.user_agent,
            created_at_ms: row.created_at,
            last_used_at_ms: row.last_used_at,
            idle_ms: row.idle_ms,
            expires_at_ms: row.expires_at,
            factor_at_ms: row.factor_at,
        }
    }
}

const COLUMNS: &str = "id, account_id, kind, network, user_agent, created_at, last_used_at, idle_ms, expires_at, factor_at";

impl Scope {
    /// Sessions of the tenant.
    pub fn sessions(&self) -> Sessions {
        Sessions {
            scope: self.clone(),
        }
    }
}

impl Sessions {
    /// Begins a session. `None` if the account is disabled or erased by now, has another password than the one whose hash was
    /// compared, or has a second factor, which has to be proven.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin(
        &self,
        new: NewSession,
        compared: Option<&str>,
    ) -> Result<Option<SessionId>, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let accounts = self.scope.accounts();
        let is_open = accounts.lock_with(&transaction, new.account, compared);
        if !is_open.await? {
            return Ok(None);
        }
        if factors::confirmed::are_on(&transaction, &self.scope, new.account).await? {
            return Ok(None);
        }
        let id = insert(&transaction, &self.scope, new, None).await?;
        transaction.commit().await?;
        Ok(Some(id))
    }

    /// Returns the session of a token, if it is alive and its account may sign in.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find(
        &self,
        hash: TokenHash,
        now_ms: i64,
    ) -> Result<Option<LiveSession>, StoreError> {
        let connection = self.scope.store.connection();
        let row = first::<SessionRow>(connection, find_statement(&self.scope, hash)).await?;
        let session = row.map(Session::from);
        let Some(session) = session.filter(|session| session.is_alive(now_ms)) else {
            return Ok(None);
        };
        let account = self.scope.accounts().get(session.account).await?;
        let account = account.map(|credentials| credentials.account);
        let may_sign_in =
            |account: &Account| account.disabled_at_ms.is_none() && account.erased_at_ms.is_none();
        let Some(account) = account.filter(may_sign_in) else {
            return Ok(None);
        };
        let memberships = memberships::of(connection, &self.scope, account.id).await?;
        Ok(Some(LiveSession {
            session,
            account,
            memberships,
        }))
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_use(&self, id: SessionId, now_ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE account_sessions SET last_used_at = $3
             WHERE tenant_id = $1 AND id = $2 AND last_used_at < $3";
        let transaction = self.scope.store.begin().await?;
        let values = [self.scope.tenant.0.into(), id.0.into(), now_ms.into()];
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        Ok(transaction.commit().await?)
    }

    /// Returns the sessions of an account that are alive, the newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self, account: AccountId, now_ms: i64) -> Result<Vec<Session>, StoreError> {
        let values = [self.scope.tenant.0.into(), account.0.into()];
        let statement = self.scope.store.backend().statement(list_sql(), values);
        let rows = all::<SessionRow>(self.scope.store.connection(), statement).await?;
        let sessions = rows.into_iter().map(Session::from);
        Ok(sessions
            .filter(|session| session.is_alive(now_ms))
            .collect())
    }

    /// Ends one session of an account; false if it has none of this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end(&self, account: AccountId, id: SessionId) -> Result<bool, StoreError> {
        let condition = "id = $3";
        Ok(self.delete(account, condition, id).await? > 0)
    }

    /// Ends the session of a token, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_token(&self, hash: TokenHash) -> Result<(), StoreError> {
        let sql = "DELETE FROM account_sessions WHERE tenant_id = $1 AND token_hash = $2";
        let values = [self.scope.tenant.0.into(), hash.0.to_vec().into()];
        let transaction = self.scope.store.begin().await?;
        let statement = self.scope.store.backend().statement(sql, values);
        execute(&transaction, statement).await?;
        Ok(transaction.commit().await?)
    }

    /// Ends all sessions of an account but one, and returns how many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_others(&self, account: AccountId, keep: SessionId) -> Result<u64, StoreError> {
        self.delete(account, "id <> $3", keep).await
    }

    /// Ends all sessions of an account, and returns how many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_all(&self, account: AccountId) -> Result<u64, StoreError> {
        let transaction = self.scope.store.begin().await?;
        let accounts = self.scope.accounts();
        let ended = accounts.end_sessions(&transaction, account).await?;
        transaction.commit().await?;
        Ok(ended)
    }

    async fn delete(
        &self,
        account: AccountId,
        condition: &str,
        id: SessionId,
    ) -> Result<u64, StoreError> {
        let sql = format!(
            "DELETE FROM account_sessions WHERE tenant_id = $1 AND account_id = $2 AND {condition}"
        );
        let transaction = self.scope.store.begin().await?;
        let ended = run(&transaction, &self.scope, &sql, account, [id.0.into()]).await?;
        transaction.commit().await?;
        Ok(ended)
    }
}

/// Begins a session of an account that is locked.
pub(super) async fn insert(
    transaction: &Transaction,
    scope: &Scope,
    new: NewSession,
    factor_at_ms: Option<i64>,
) -> Result<SessionId, StoreError> {
    let kept = i64::from(new.at_most.max(1)) - 1;
    let values = [new.at_ms.into(), kept.into()];
    run(transaction, scope, END_SURPLUS, new.account, values).await?;
    let user_agent: String = new.user_agent.chars().take(MAX_USER_AGENT_CHARS).collect();
    let values = [
        scope.tenant.0.into(),
        new.account.0.into(),
        new.hash.0.to_vec().into(),
        new.kind.name().into(),
        new.network.into(),
        user_agent.replace('\0', "").into(),
        new.at_ms.into(),
        new.kind.idle_ms().into(),
        new.at_ms.saturating_add(new.kind.lifetime_ms()).into(),
        factor_at_ms.into(),
    ];
    let statement = scope.store.backend().statement(INSERT, values);
    let row = first::<IdRow>(transaction, statement).await?;
    row.map(|row| SessionId(row.id))
        .ok_or(StoreError::NotFound("session"))
}

impl Store {
    /// Deletes sessions, links, challenges and counts of failures that are over, and accounts that nobody confirmed, of all tenants.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune_identity(&self, now_ms: i64) -> Result<u64, StoreError> {
        let backend = self.backend();
        let transaction = self.begin().await?;
        let mut pruned = 0;
        for sql in [PRUNE, PRUNE_IDLE] {
            let over = backend.statement(sql, [now_ms.into()]);
            pruned += execute(&transaction, over).await?;
        }
        pruned += links::prune(&transaction, backend, now_ms).await?;
        pruned += factors::pruning::prune(&transaction, backend, now_ms).await?;
        pruned += super::failures::prune(&transaction, backend, now_ms).await?;
        pruned += super::mails::prune(&transaction, backend, now_ms).await?;
        pruned += super::unconfirmed::prune(&transaction, backend, now_ms).await?;
        transaction.commit().await?;
        Ok(pruned)
    }
}

pub(crate) const PRUNE: &str = "DELETE FROM account_sessions WHERE expires_at <= $1";

pub(crate) const PRUNE_IDLE: &str =
    "DELETE FROM account_sessions WHERE last_used_at + idle_ms <= $1";

const INSERT: &str =
    "INSERT INTO account_sessions (tenant_id, account_id, token_hash, kind, network, user_agent,
         created_at, last_used_at, idle_ms, expires_at, factor_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10) RETURNING id";

/// Ends what is over, and of what is alive the oldest beyond `$4`.
const END_SURPLUS: &str = "DELETE FROM account_sessions
     WHERE tenant_id = $1 AND account_id = $2 AND id NOT IN (
         SELECT id FROM account_sessions
         WHERE tenant_id = $1 AND account_id = $2 AND expires_at > $3 AND last_used_at + idle_ms > $3
         ORDER BY id DESC LIMIT $4)";

pub(crate) fn find_statement(scope: &Scope, hash: TokenHash) -> Statement {
    let sql =
        format!("SELECT {COLUMNS} FROM account_sessions WHERE token_hash = $2 AND tenant_id = $1");
    let values = [scope.tenant.0.into(), hash.0.to_vec().into()];
    scope.store.backend().statement(sql, values)
}

pub(crate) fn list_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM account_sessions WHERE tenant_id = $1 AND account_id = $2 ORDER BY id DESC"
    )
}
