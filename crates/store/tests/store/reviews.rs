//! Reviews by customers: who writes them, what is counted, and what becomes of them.

use souk_domain::{
    AccountId, Change, OrderLineId, ProductId, ReviewId, SellerId,
    ordering::{GroupPayment, LineFacts, OrderFacts, PaymentState, PaymentTerms},
    reviews::{ReviewChanges, ReviewDraft, ReviewRefusal, ReviewStatus, UNNAMED_REVIEWER},
};
use souk_store::{
    Backend, ReviewAuthor, ReviewInput, ReviewListing, ReviewOrder, ReviewPageStart, ReviewRecord,
    StoreError,
};
use souk_testkit::product;

use crate::support::{Setup, add_tenant, setups};

const DAY_MS: i64 = 24 * 3_600_000;
const NOW: i64 = 1_000 * DAY_MS;
const STAFF: (&str, i64) = ("admin-key", NOW);

fn draft(rating: u8) -> ReviewDraft {
    ReviewDraft {
        rating,
        title: Some("Mug".to_owned()),
        body: "Holds tea.".to_owned(),
        name: None,
    }
}

fn changes() -> ReviewChanges {
    ReviewChanges {
        rating: None,
        title: Change::Keep,
        body: None,
        name: None,
    }
}

fn author(account: AccountId) -> ReviewAuthor<'static> {
    ReviewAuthor {
        account,
        name: "Ada",
        sellers: &[],
    }
}

/// Facts of an order of one unit for 1,000 that was paid and sent.
fn sent(line: i64) -> OrderFacts {
    let payment = GroupPayment {
        state: PaymentState::Captured,
        terms: PaymentTerms::BeforeFulfilment,
        captured: 1_000,
        overpaid_refunded: 0,
    };
    let mut line = LineFacts::new(OrderLineId(line), 1, 1_000);
    line.fulfilled = 1;
    OrderFacts::new(1, payment, vec![line], 0)
}

impl Setup {
    async fn account(&self, name: &str) -> AccountId {
        let mail = format!("{name}@mail.example");
        self.run(&format!(
            "INSERT INTO accounts (tenant_id, mail, name, language, created_at)
             VALUES ({{tenant}}, '{mail}', '{name}', 'en', 1)"
        ))
        .await;
        let sql = format!("SELECT id FROM accounts WHERE mail = '{mail}'");
        AccountId(self.number(&sql).await)
    }

    /// Has an account buy a product; `facts` is what happened to the order of the line with this id.
    async fn place_order(
        &self,
        account: AccountId,
        product: ProductId,
        facts: impl FnOnce(i64) -> OrderFacts,
    ) {
        let count = |table| format!("SELECT CAST(COALESCE(max(id), 0) AS bigint) FROM {table}");
        let group = self.number(&count("order_groups")).await + 1;
        let order = self.number(&count("orders")).await + 1;
        let line = self.number(&count("order_lines")).await + 1;
        let facts = serde_json::to_string(&facts(line)).unwrap();
        let hash = match self.store.backend() {
            Backend::Postgres => format!("int8send({group})"),
            Backend::Sqlite => format!("CAST({group} AS BLOB)"),
        };
        let product = product.0;
        for sql in [
            format!(
                "INSERT INTO order_groups (id, tenant_id, number, token_hash, account_id, mail, language, currency,
                     tax_pricing, goods, discount, delivery, delivery_discount, net, tax, total, delivery_address,
                     billing_address, promotions, created_at, placed_at)
                 VALUES ({group}, {{tenant}}, {group}, {hash}, {account}, 'a@mail.example', 'en', 'EUR', 'inclusive',
                     1000, 0, 0, 0, 1000, 0, 1000, '{{}}', '{{}}', '[]', {group}, {group})"
            ),
            format!(
                "INSERT INTO orders (id, tenant_id, group_id, position, seller_id, seller_name, currency, goods,
                     discount, delivery, delivery_discount, net, tax, total, subsidy, commission, facts, status,
                     payment_status, fulfilment_status, created_at, placed_at, updated_at)
                 SELECT {order}, tenant_id, {group}, 1, seller_id, '', 'EUR', 1000, 0, 0, 0, 1000, 0, 1000, 0, 0,
                     '{facts}', 'completed', 'paid', 'fulfilled', {group}, {group}, {group}
                 FROM products WHERE id = {product}"
            ),
            format!(
                "INSERT INTO order_lines (id, order_id, product_id, variant_id, offer_id, sku, title, options, quantity,
                     unit_price, goods, discount, net, tax, gross, tax_ppm, subsidy, commission, commission_terms)
                 VALUES ({line}, {order}, {product}, 1, 0, 'a', 'A', '{{}}', 1, 1000, 1000, 0, 1000, 0, 1000, 0, 0, 0, '{{}}')"
            ),
        ] {
            self.run(&sql).await;
        }
    }

    async fn written(&self, account: AccountId, product: ProductId, rating: u8) -> ReviewRecord {
        let reviews = self.scope.reviews();
        let written = reviews
            .write(author(account), product, draft(rating), NOW)
            .await;
        written.unwrap().unwrap()
    }

    /// Number and sum of the ratings of the only product.
    async fn ratings(&self) -> (i64, i64) {
        (
            self.number("SELECT rating_count FROM products").await,
            self.number("SELECT rating_sum FROM products").await,
        )
    }

    async fn kinds(&self) -> Vec<String> {
        let events = self.scope.events().after(0, 100).await.unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }
}

#[tokio::test]
async fn rating_counts_published_reviews_alone() {
    for setup in setups().await {
        let id = setup.upsert([product("a")]).await[0].id;
        let ada = setup.account("ada").await;
        setup.place_order(ada, id, sent).await;
        let reviews = setup.scope.reviews();
        reviews.set_moderated(true, NOW).await.unwrap();
        setup.drain().await;

        let review = setup.written(ada, id, 4).await;
        assert_eq!(review.status, ReviewStatus::Pending);
        assert!(review.is_verified);
        assert_eq!(setup.ratings().await, (0, 0));
        assert_eq!(reviews.stars(id).await.unwrap(), [0; 5]);
        assert_eq!(
            reviews.page(&ReviewListing::newest(id, 9)).await.unwrap(),
            []
        );
        assert_eq!(setup.drain().await, [], "shoppers see nothing new");

        let review = ReviewId(review.id);
        reviews.publish(review, STAFF).await.unwrap();
        assert_eq!(setup.ratings().await, (1, 4));
        assert_eq!(reviews.stars(id).await.unwrap(), [0, 0, 0, 1, 0]);
        assert_eq!(setup.drain().await, [("product".to_owned(), id.0)]);
        reviews.answer(review, "Thanks!", STAFF).await.unwrap();
        assert_eq!(setup.ratings().await, (1, 4));
        assert_eq!(setup.drain().await, [("product".to_owned(), id.0)]);

        // An edit goes to staff again, and takes the rating along.
        let better = ReviewChanges {
            rating: Some(5),
            ..changes()
        };
        let edited = reviews.edit(ada, review, better, NOW + 1).await.unwrap();
        assert_eq!(
            (edited.status, edited.edited_at_ms),
            (ReviewStatus::Pending, Some(NOW + 1))
        );
        assert_eq!(setup.ratings().await, (0, 0));
        reviews.publish(review, STAFF).await.unwrap();
        assert_eq!(setup.ratings().await, (1, 5));
        let rejected = reviews.reject(review, " off topic ", STAFF).await.unwrap();
        assert_eq!(rejected.reason.as_deref(), Some("off topic"));
        assert_eq!(setup.ratings().await, (0, 0));
        setup.drain().await;
        reviews.remove(ada, review).await.unwrap();
        assert_eq!(setup.ratings().await, (0, 0));
        assert_eq!(setup.drain().await, [], "nobody saw it");
        assert_eq!(
            setup.kinds().await,
            [
                "review.written",
                "review.published",
                "review.answered",
                "review.written",
                "review.published",
                "review.rejected",
            ]
        );
    }
}

#[tokio::test]
async fn change_of_a_text_leaves_totals_that_were_replaced() {
    for setup in setups().await {
        let id = setup.upsert([product("a")]).await[0].id;
        let ada = setup.account("ada").await;
        setup.place_order(ada, id, sent).await;
        let review = ReviewId(setup.written(ada, id, 4).await.id);
        setup
            .run("UPDATE products SET rating_count = 0, rating_sum = 0")
            .await;
        setup.drain().await;
        let longer = ReviewChanges {
            body: Some("Holds much tea.".to_owned()),
            ..changes()
        };
        let reviews = setup.scope.reviews();
        let edited = reviews.edit(ada, review, longer, NOW).await.unwrap();
        assert_eq!(edited.status, ReviewStatus::Published);
        assert_eq!(setup.ratings().await, (0, 0));
        assert_eq!(setup.drain().await, [("product".to_owned(), id.0)]);
    }
}

#[tokio::test]
async fn review_needs_a_purchase_and_is_the_only_one() {
    for setup in setups().await {
        let id = setup.upsert([product("a")]).await[0].id;
        let (ada, bob) = (setup.account("ada").await, setup.account("bob").await);
        let reviews = setup.scope.reviews();
        let write = async |account, sellers: &[SellerId]| {
            let author = ReviewAuthor {
                sellers,
                ..author(account)
            };
            reviews.write(author, id, draft(5), NOW).await.unwrap()
        };
        assert_eq!(write(ada, &[]).await, Err(ReviewRefusal::NotBought));
        assert_eq!(reviews.waiting_for(ada, &[]).await.unwrap(), []);
        let refunded = |line| {
            let mut facts = sent(line);
            facts.lines[0].refunded = 1_000;
            facts
        };
        setup.place_order(ada, id, refunded).await;
        setup.place_order(bob, id, sent).await;
        assert_eq!(write(ada, &[]).await, Err(ReviewRefusal::NotBought));
        setup.place_order(ada, id, sent).await;
        let waiting = reviews.waiting_for(ada, &[]).await.unwrap();
        assert_eq!(waiting.len(), 1, "{waiting:?}");
        assert_eq!((waiting[0].product, waiting[0].order_id), (id, 3));

        let seller = SellerId(setup.number("SELECT seller_id FROM products").await);
        assert_eq!(write(ada, &[seller]).await, Err(ReviewRefusal::OwnGoods));
        assert_eq!(reviews.waiting_for(ada, &[seller]).await.unwrap(), []);
        let review = write(ada, &[]).await.unwrap();
        assert_eq!((review.order_id, review.author.as_str()), (Some(3), "Ada"));
        assert_eq!(write(ada, &[]).await, Err(ReviewRefusal::AlreadyReviewed));
        assert_eq!(reviews.waiting_for(ada, &[]).await.unwrap(), []);
        write(bob, &[]).await.unwrap();

        let own = reviews.of_account(ada, None, 9).await.unwrap();
        assert_eq!(own, std::slice::from_ref(&review));
        let id = ReviewId(review.id);
        let foreign = reviews.edit(bob, id, changes(), NOW).await;
        assert!(matches!(foreign, Err(StoreError::NotFound("review"))));
        let foreign = reviews.remove(bob, id).await;
        assert!(matches!(foreign, Err(StoreError::NotFound("review"))));
        let other = add_tenant(&setup.store, "other").await;
        let other = setup.store.scope(other).reviews();
        let foreign = other.publish(id, STAFF).await;
        assert!(matches!(foreign, Err(StoreError::NotFound("review"))));
        let foreign = other.edit(ada, id, changes(), NOW).await;
        assert!(matches!(foreign, Err(StoreError::NotFound("review"))));
    }
}

#[tokio::test]
async fn twenty_first_review_of_a_day_waits() {
    for setup in setups().await {
        let names: Vec<_> = (1..=21).map(|number| format!("p-{number}")).collect();
        let products = names.iter().map(|name| product(name));
        let products = setup.upsert(products).await;
        let ada = setup.account("ada").await;
        let reviews = setup.scope.reviews();
        for (at, written) in (NOW..).zip(&products) {
            setup.place_order(ada, written.id, sent).await;
            let author = author(ada);
            let wrote = reviews.write(author, written.id, draft(4), at).await;
            let refused = wrote.unwrap().err();
            let is_last = at == NOW + 20;
            assert_eq!(
                refused,
                is_last.then_some(ReviewRefusal::TooMany(86_400)),
                "{at}"
            );
        }
        let last = products[20].id;
        let later = reviews.write(author(ada), last, draft(4), NOW + DAY_MS);
        assert!(later.await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn vote_counts_once_and_not_for_oneself() {
    for setup in setups().await {
        let id = setup.upsert([product("a")]).await[0].id;
        let (ada, bob) = (setup.account("ada").await, setup.account("bob").await);
        setup.place_order(ada, id, sent).await;
        let review = ReviewId(setup.written(ada, id, 4).await.id);
        let reviews = setup.scope.reviews();
        let helpful = async |account| {
            let voted = reviews.vote(account, review, NOW).await.unwrap();
            voted.map(|review| review.helpful)
        };
        assert_eq!(helpful(ada).await, Err(ReviewRefusal::OwnReview));
        setup.drain().await;
        assert_eq!(helpful(bob).await, Ok(1));
        assert_eq!(setup.drain().await, [("product".to_owned(), id.0)]);
        assert_eq!(helpful(bob).await, Ok(1));
        assert_eq!(setup.drain().await, [], "the second vote is none");
        assert_eq!(reviews.voted_by(bob).await.unwrap(), [review]);
        assert_eq!(reviews.take_vote(bob, review).await.unwrap().helpful, 0);
        assert_eq!(reviews.take_vote(bob, review).await.unwrap().helpful, 0);
        assert_eq!(reviews.voted_by(bob).await.unwrap(), []);
        reviews.reject(review, "spam", STAFF).await.unwrap();
        let hidden = reviews.vote(bob, review, NOW).await;
        assert!(matches!(hidden, Err(StoreError::NotFound("review"))));
    }
}

#[tokio::test]
async fn pages_by_cursor_have_each_review_once_in_every_order() {
    for setup in setups().await {
        let id = setup.upsert([product("a")]).await[0].id;
        let reviews = setup.scope.reviews();
        for rating in [3, 5, 1, 5, 3, 3, 2] {
            let input = ReviewInput {
                author: "Ann".to_owned(),
                rating,
                title: None,
                body: String::new(),
            };
            reviews.create(id, input).await.unwrap();
        }
        setup.run("UPDATE reviews SET helpful = id % 3").await;
        for order in [
            ReviewOrder::Newest,
            ReviewOrder::Helpful,
            ReviewOrder::Highest,
            ReviewOrder::Lowest,
        ] {
            let whole = ReviewListing {
                order,
                ..ReviewListing::newest(id, 100)
            };
            let all = reviews.page(&whole).await.unwrap();
            assert_eq!(all.len(), 7);
            let mut paged: Vec<ReviewRecord> = Vec::new();
            let mut start = ReviewPageStart::Offset(0);
            loop {
                let listing = ReviewListing {
                    start,
                    limit: 2,
                    ..whole
                };
                let page = reviews.page(&listing).await.unwrap();
                let Some(last) = page.last() else { break };
                start = ReviewPageStart::After {
                    key: order.key(last),
                    id: ReviewId(last.id),
                };
                paged.extend(page);
            }
            assert_eq!(paged, all, "{order:?}");
        }
        let filtered = |rating, verified| ReviewListing {
            rating,
            verified,
            ..ReviewListing::newest(id, 100)
        };
        for (rating, verified, count) in [
            (Some(3), None, 3),
            (Some(4), None, 0),
            (None, Some(true), 0),
            (Some(5), Some(false), 2),
        ] {
            let page = reviews.page(&filtered(rating, verified)).await.unwrap();
            assert_eq!(page.len(), count, "{rating:?} {verified:?}");
        }
    }
}

#[tokio::test]
async fn erased_account_leaves_its_published_review_without_the_person() {
    for setup in setups().await {
        let goods = setup.upsert([product("a"), product("b")]).await;
        let (ada, bob) = (setup.account("ada").await, setup.account("bob").await);
        for goods in &goods {
            setup.place_order(ada, goods.id, sent).await;
            setup.place_order(bob, goods.id, sent).await;
        }
        let kept = ReviewId(setup.written(ada, goods[0].id, 5).await.id);
        let rejected = ReviewId(setup.written(ada, goods[1].id, 1).await.id);
        let others = ReviewId(setup.written(bob, goods[0].id, 3).await.id);
        let reviews = setup.scope.reviews();
        reviews.reject(rejected, "spam", STAFF).await.unwrap();
        reviews.vote(ada, others, NOW).await.unwrap().unwrap();

        setup.scope.accounts().erase(ada, NOW).await.unwrap();
        let page = ReviewListing::newest(goods[0].id, 9);
        let page = reviews.page(&page).await.unwrap();
        let names: Vec<_> = page.iter().map(|review| review.author.as_str()).collect();
        assert_eq!(
            names,
            ["Ada", UNNAMED_REVIEWER],
            "bob's account has the name"
        );
        let own = page.iter().find(|review| review.id == kept.0).unwrap();
        assert_eq!((own.account, own.order_id), (None, None));
        assert!(own.is_verified && own.rating == 5);
        let others = page.iter().find(|review| review.id == others.0).unwrap();
        assert_eq!(others.helpful, 1, "a vote stays counted");
        assert_eq!(reviews.voted_by(ada).await.unwrap(), []);
        let gone = reviews.publish(rejected, STAFF).await;
        assert!(matches!(gone, Err(StoreError::NotFound("review"))));
        let gone = reviews.write(author(ada), goods[1].id, draft(2), NOW).await;
        assert!(matches!(gone, Err(StoreError::NotFound("account"))));
    }
}
