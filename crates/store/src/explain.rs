//! The statements whose plans a test checks: the very strings that the store runs.

use sea_orm::Statement;
use souk_domain::{AccountId, ProductId, ProductStatus, SellerId};
use souk_identity::Role;

use crate::{
    Entity, Lane, ProductKey, ProductListing, Scope,
    catalogue::{
        documents, former_slugs,
        products::{
            self, batch, further_offers,
            places::{self, PlaceKind},
            rows, slugs, variants,
        },
        variants_batch::{self, target},
    },
    identity::{api_keys, audit},
    live, ordering, outbox, reviews, sellers, webhooks,
};

/// Statements of the store by name, with values that find something in a tenant whose products and references have
/// the ids from 1 on, external ids and slugs `p-<id>`.
#[doc(hidden)]
pub fn statements(scope: &Scope) -> Vec<(&'static str, Statement)> {
    let backend = scope.store.backend();
    let tenant = || scope.tenant.0.into();
    let ids = || backend.ids(1..=500);
    let limit = || 500_i64.into();
    let get = |key: ProductKey, value| {
        backend.statement(products::get_sql(backend, &key), [tenant(), value])
    };
    let list_of = |seller, status| {
        let listing = ProductListing {
            seller,
            status,
            text: None,
            after_id: Some(ProductId(1_000)),
            limit: 50,
        };
        let (sql, values) = products::list_sql(scope, &listing);
        backend.statement(sql, values)
    };
    let list = |status| list_of(None, status);
    let expansion = |entity| {
        let sql = documents::ids_of_sql(backend, entity);
        backend.statement(sql, [tenant(), 1_i64.into(), 100_i64.into(), limit()])
    };
    let claim = ["worker".into(), 2_i64.into(), 1_i64.into(), limit()];
    let text = || "p-7".into();
    let texts = || r#"["p-7", "p-8"]"#.into();
    let existing = batch::existing_sql(backend, &batch::among_external_ids(backend));
    let update = [r#"[{"id": 7}]"#.into(), tenant(), 1_i64.into()];
    let sought = || r#"[{"place": 0, "sku": "a"}, {"place": 1, "sku": "a", "external_id": "p-7"}]"#;
    let by_sku = |sql: String| backend.statement(sql, [sought().into(), tenant()]);
    let of_actor = audit::AuditFilter {
        actor: Some("actor-7".to_owned()),
        ..audit::AuditFilter::default()
    };
    let audited = |filter: &audit::AuditFilter| {
        let (sql, values) = audit::list_sql(scope.tenant, filter, 50);
        backend.statement(sql, values)
    };
    vec![
        (
            "API key",
            backend.statement(api_keys::find_sql(), ["key-7".into()]),
        ),
        (
            "API keys of a tenant",
            backend.statement(api_keys::list_sql(), [tenant(), i64::MAX.into()]),
        ),
        ("audit log", audited(&audit::AuditFilter::default())),
        ("audit log of an actor", audited(&of_actor)),
        (
            "audit log of a day",
            audited(&audit::AuditFilter {
                from_ms: Some(19_990),
                ..audit::AuditFilter::default()
            }),
        ),
        (
            "audit log to verify",
            backend.statement(
                audit::entries_sql(),
                [tenant(), 7_i64.into(), i64::MAX.into(), limit()],
            ),
        ),
        (
            "first entry to be kept",
            backend.statement(audit::FIRST_KEPT, [tenant(), 7_i64.into()]),
        ),
        (
            "claim",
            backend.statement(outbox::claim_sql(backend, Lane::Edits), claim.clone()),
        ),
        (
            "claim of the background",
            backend.statement(outbox::claim_sql(backend, Lane::Background), claim),
        ),
        ("get by id", get(ProductKey::Id(ProductId(7)), 7_i64.into())),
        ("get by slug", get(ProductKey::Slug(String::new()), text())),
        (
            "get by external id",
            get(ProductKey::External(String::new()), text()),
        ),
        (
            "existing of a batch",
            backend.statement(existing, [tenant(), texts()]),
        ),
        (
            "existing by id",
            backend.statement(
                batch::existing_sql(backend, "id = $2"),
                [tenant(), 7_i64.into()],
            ),
        ),
        (
            "owners of slugs",
            backend.statement(slugs::owners_sql(backend), [tenant(), texts()]),
        ),
        (
            "former slugs",
            backend.statement(
                former_slugs::moved_sql(backend),
                [tenant(), r#"[{"entity": "product", "slug": "p-7"}]"#.into()],
            ),
        ),
        ("list", list(None)),
        ("products of a seller", list_of(Some(SellerId(1)), None)),
        ("list by status", list(Some(ProductStatus::Active))),
        (
            "document ids",
            backend.statement(documents::ids_sql(), [tenant(), 9_i64.into(), limit()]),
        ),
        (
            "documents",
            backend.statement(documents::products_sql(backend), [tenant(), ids()]),
        ),
        (
            "variants",
            backend.statement(variants::variants_sql(backend), [tenant(), ids()]),
        ),
        (
            "further places",
            backend.statement(places::places_sql(backend), [tenant(), ids()]),
        ),
        (
            "deletion of other further places",
            backend.statement(
                places::delete_other_places_sql(backend, PlaceKind::Category),
                ["[]".into(), tenant(), ids()],
            ),
        ),
        (
            "variant keys",
            backend.statement(rows::variant_keys_sql(backend), [tenant(), ids()]),
        ),
        (
            "categories",
            backend.statement(documents::categories_sql(backend), [tenant(), ids()]),
        ),
        ("products of a category", expansion(Entity::Category)),
        ("products of a fandom", expansion(Entity::Fandom)),
        ("products of a seller", expansion(Entity::Seller)),
        (
            "update",
            backend.statement(rows::update_products_sql(backend), update),
        ),
        (
            "records of a batch",
            backend.statement(batch::records_sql(backend), [tenant(), ids()]),
        ),
        ("variants by SKU", by_sku(variants_batch::find_sql(backend))),
        (
            "products of variants by SKU",
            by_sku(variants_batch::lock_sql(backend)),
        ),
        (
            "update of variants",
            backend.statement(
                variants_batch::update_sql(backend, target::Table::Variants),
                [r#"[{"id": 7, "price": 1}]"#.into(), tenant()],
            ),
        ),
        (
            "further offers of a batch",
            backend.statement(
                further_offers::stored_offers_sql(backend),
                [tenant(), ids()],
            ),
        ),
        (
            "further offers by external id",
            backend.statement(
                further_offers::taken_ids_sql(backend),
                [
                    tenant(),
                    r#"[{"seller_id": 1, "external_id": "p-7"}]"#.into(),
                ],
            ),
        ),
        (
            "further offers of variants",
            backend.statement(
                target::offers_of_sellers_sql(backend),
                [
                    r#"[{"place": 0, "id": 7, "offered_by": "p-1"}]"#.into(),
                    tenant(),
                ],
            ),
        ),
    ]
    .into_iter()
    .chain(people(scope))
    .chain(ordering::explain::statements(scope))
    .chain(sellers::explain::statements(scope))
    .chain(webhooks::explain::statements(scope))
    .chain(live::explain::statements(scope))
    .chain(reviews::explain::statements(scope))
    .collect()
}

/// Statements on people, in a tenant whose accounts have the ids from 1 on.
fn people(scope: &Scope) -> Vec<(&'static str, Statement)> {
    use crate::identity::{
        accounts, factors, failures, last_owner, links, mails, memberships, people, sessions,
        unconfirmed,
    };
    use factors::{challenges, confirmed, pruning, recovery_codes, totp};
    let backend = scope.store.backend();
    let tenant = || scope.tenant.0.into();
    let hash = || vec![7_u8; 32].into();
    let account = || [tenant(), 7_i64.into()];
    let after = Some(AccountId(1_000));
    let link = [tenant(), hash(), "reset".into(), 1_i64.into()];
    let guess = || [tenant(), hash(), 1_i64.into(), 5_i64.into()];
    let claim = [1_i64.into(), "worker".into(), 2_i64.into(), 10_i64.into()];
    let prune = |sql| backend.statement(sql, [1_i64.into()]);
    vec![
        (
            "account by id",
            backend.statement(accounts::by_id_sql(), account()),
        ),
        (
            "account by mail",
            backend.statement(
                accounts::by_mail_sql(),
                [tenant(), "a7@mail.example".into()],
            ),
        ),
        (
            "page of accounts",
            people::page_statement(scope, after, 50, None),
        ),
        (
            "page of accounts of a role",
            people::page_statement(scope, after, 50, Some(Role::Owner)),
        ),
        (
            "people of a seller",
            people::seller_statement(scope, SellerId(1), 50),
        ),
        (
            "roles of a page of accounts",
            people::roles_statement(scope, AccountId(1_001), AccountId(1_050)),
        ),
        ("owners", last_owner::owners_statement(scope, "")),
        (
            "roles",
            backend.statement(memberships::OF_ACCOUNT, account()),
        ),
        ("account of a link", backend.statement(links::OF_LINK, link)),
        (
            "session of a token",
            sessions::find_statement(scope, souk_identity::TokenHash([7; 32])),
        ),
        (
            "sessions of an account",
            backend.statement(sessions::list_sql(), account()),
        ),
        (
            "authenticator app",
            backend.statement(totp::OF_ACCOUNT, account()),
        ),
        (
            "confirmed factor",
            backend.statement(confirmed::CONFIRMED, account()),
        ),
        (
            "end of an authenticator app",
            backend.statement(totp::REMOVE, account()),
        ),
        (
            "recovery codes",
            backend.statement(recovery_codes::COUNT, account()),
        ),
        ("challenge", backend.statement(challenges::FIND, guess())),
        (
            "attempt at a challenge",
            backend.statement(challenges::COUNT, guess()),
        ),
        (
            "end of an account's challenges",
            backend.statement(accounts::END_CHALLENGES, account()),
        ),
        ("end of challenges", prune(pruning::CHALLENGES)),
        ("end of unconfirmed apps", prune(pruning::APPS)),
        (
            "failures",
            backend.statement(failures::READ, [tenant(), hash()]),
        ),
        (
            "claim of mails",
            backend.statement(mails::claim_sql(backend), claim),
        ),
        ("mail that is due", prune(mails::DUE)),
        (
            "mails to a recipient",
            backend.statement(
                mails::lately_sql(),
                [tenant(), "a7@mail.example".into(), 1_i64.into()],
            ),
        ),
        ("end of sessions", prune(sessions::PRUNE)),
        ("end of idle sessions", prune(sessions::PRUNE_IDLE)),
        ("end of links", prune(links::PRUNE)),
        ("end of failures", prune(failures::PRUNE)),
        ("end of mails", prune(mails::PRUNE)),
        (
            "end of accounts that nobody confirmed",
            backend.statement(unconfirmed::prune_sql(), [1_i64.into(), 1_i64.into()]),
        ),
    ]
}
