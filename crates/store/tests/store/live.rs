//! What live updates read: notices of events, the last number, watches of products.

use souk_domain::{AccountId, ProductId};
use souk_identity::MailAddress;
use souk_store::{NewEvent, NewMail, NewWatch, Notice, StoreError, WATCHES_PER_ACCOUNT, Wanted};
use souk_testkit::{TestDatabase, product};

use crate::support::{Setup, add_tenant, setup, setups};

const ADA: AccountId = AccountId(1);

fn event(subject: &str) -> NewEvent {
    NewEvent {
        kind: "order.placed",
        subject: subject.to_owned(),
        data: "{}".to_owned(),
        actor: "souk".to_owned(),
        at_ms: 1,
    }
}

impl Setup {
    async fn add_account(&self, id: AccountId, mail: &str) {
        self.run(&format!(
            "INSERT INTO accounts (id, tenant_id, mail, name, language, created_at)
             VALUES ({id}, {}, '{mail}', 'Ada', 'en', 1)",
            self.scope.tenant()
        ))
        .await;
    }
}

fn back(product: ProductId) -> NewWatch {
    NewWatch {
        product,
        variant: None,
        wants: Wanted::BackInStock,
    }
}

fn mail() -> NewMail {
    NewMail {
        recipient: MailAddress::parse("ada@mail.example").unwrap(),
        template: "back_in_stock",
        language: "en".to_owned(),
        data: "{}".to_owned(),
        at_ms: 1,
    }
}

#[tokio::test]
async fn notices_tell_of_events_written_first_and_later() {
    let setup = setup(TestDatabase::postgres().await).await;
    let notices = setup.store.event_notices().await.unwrap();
    let mut notices = notices.expect("notices arrive");
    for subject in ["orders/1", "orders/2"] {
        setup.scope.events().add(&[event(subject)]).await.unwrap();
        assert_eq!(notices.next().await.unwrap(), Notice::Event, "{subject}");
    }
    let embedded = self::setup(TestDatabase::sqlite().await).await;
    assert!(embedded.store.event_notices().await.unwrap().is_none());
}

#[tokio::test]
async fn last_number_is_that_of_the_tenant() {
    for setup in setups().await {
        let events = setup.scope.events();
        assert_eq!(events.head().await.unwrap(), 0);
        let both = [event("orders/1"), event("orders/2")];
        events.add(&both).await.unwrap();
        assert_eq!(events.head().await.unwrap(), 2);
        let other = add_tenant(&setup.store, "other").await;
        assert_eq!(setup.store.scope(other).events().head().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn day_without_orders_has_no_revenue() {
    for setup in setups().await {
        assert_eq!(setup.scope.revenue_since(0).await.unwrap(), []);
        assert_eq!(setup.scope.order_owners(&[]).await.unwrap(), []);
        assert_eq!(setup.scope.low_stock_of(&[], 5).await.unwrap(), []);
    }
}

#[tokio::test]
async fn watch_is_replaced_by_the_same_and_fulfilled_once() {
    for setup in setups().await {
        setup.upsert([product("mug")]).await;
        setup.add_account(ADA, "ada@mail.example").await;
        let id = setup.number("SELECT id FROM products").await;
        let watches = setup.scope.product_watches();
        let cheaper = |price| NewWatch {
            wants: Wanted::PriceBelow(price),
            ..back(ProductId(id))
        };
        let first = watches.add(ADA, &back(ProductId(id)), 1).await.unwrap();
        let price = watches.add(ADA, &cheaper(500), 1).await.unwrap();
        assert_eq!(watches.add(ADA, &cheaper(400), 2).await.unwrap(), price);
        let listed = watches.list(ADA).await.unwrap();
        assert_eq!(listed.len(), 2);
        assert!(listed.iter().any(|own| own.watch == cheaper(400)));

        let all = setup.store.product_watches_after(0, 10).await.unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(
            (all[0].account, all[0].mail.as_str()),
            (ADA, "ada@mail.example")
        );
        assert!(watches.fulfil(ADA, first, &mail()).await.unwrap());
        assert!(!watches.fulfil(ADA, first, &mail()).await.unwrap());
        assert_eq!(setup.number("SELECT count(*) FROM mails").await, 1);
        watches.remove(ADA, price).await.unwrap();
        let gone = watches.remove(ADA, price).await;
        assert!(matches!(gone, Err(StoreError::NotFound("watch"))));
    }
}

#[tokio::test]
async fn watches_end_with_their_product() {
    for setup in setups().await {
        setup.upsert([product("mug")]).await;
        setup.add_account(ADA, "ada@mail.example").await;
        let id = setup.number("SELECT id FROM products").await;
        let watches = setup.scope.product_watches();
        watches.add(ADA, &back(ProductId(id)), 1).await.unwrap();
        setup.run("DELETE FROM products").await;
        assert_eq!(watches.list(ADA).await.unwrap(), []);
    }
}

#[tokio::test]
async fn account_watches_so_many_products_at_most() {
    let setup = setup(TestDatabase::sqlite().await).await;
    setup.upsert([product("mug")]).await;
    setup.add_account(ADA, "ada@mail.example").await;
    let id = ProductId(setup.number("SELECT id FROM products").await);
    let watches = setup.scope.product_watches();
    for variant in 1..=WATCHES_PER_ACCOUNT {
        let variant = souk_domain::VariantId(i64::try_from(variant).unwrap());
        let new = NewWatch {
            variant: Some(variant),
            ..back(id)
        };
        watches.add(ADA, &new, 1).await.unwrap();
    }
    let refused = watches.add(ADA, &back(id), 1).await;
    assert!(
        matches!(refused, Err(StoreError::Invalid(_))),
        "{refused:?}"
    );
}
