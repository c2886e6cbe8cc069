//! Products and variants that a file hides.

use souk_domain::ProductStatus;

use crate::shop::DemoShop;

/// Status of a product and the SKUs of its variants.
async fn imported(text: &str) -> (ProductStatus, Vec<String>) {
    let shop = DemoShop::new().await;
    shop.import_text("a.csv", text).await;
    let product = shop.product("1").await.unwrap();
    let skus = product.variants.into_iter().map(|variant| variant.sku);
    (product.status, skus.collect())
}

fn flat(statuses: [&str; 3]) -> String {
    let rows = ["S", "M", "L"].iter().zip(statuses);
    let rows: String = rows
        .map(|(size, status)| format!("1,Tee,T-{size},{size},5,{status}\n"))
        .collect();
    format!("id,title,sku,option_size,price,status\n{rows}")
}

#[tokio::test]
async fn later_row_that_is_hidden_is_not_on_sale() {
    for hidden in ["draft", "hidden", "archived", "unlisted", "no such status"] {
        let (status, skus) = imported(&flat(["active", hidden, "active"])).await;
        assert_eq!(status, ProductStatus::Active, "{hidden}");
        assert_eq!(skus, ["T-S", "T-L"], "{hidden}");
        let (status, skus) = imported(&flat(["", "", hidden])).await;
        assert_eq!(status, ProductStatus::Active, "{hidden}");
        assert_eq!(skus, ["T-S", "T-M"], "{hidden}");
    }
}

#[tokio::test]
async fn product_row_that_is_hidden_hides_the_product() {
    for rest in ["active", "draft", ""] {
        let (status, skus) = imported(&flat(["draft", rest, rest])).await;
        assert_eq!(status, ProductStatus::Draft, "{rest}");
        assert_eq!(skus.len(), 3, "{rest}");
    }
}

#[tokio::test]
async fn later_row_that_is_no_variant_speaks_for_the_product() {
    let text = "id,title,sku,price,status,image\n1,Tee,T,5,active,https://a.example/1.jpg\n1,,,,draft,https://a.example/2.jpg\n";
    let (status, skus) = imported(text).await;
    assert_eq!((status, skus.len()), (ProductStatus::Draft, 1));
}

#[tokio::test]
async fn item_group_is_on_sale_while_one_item_is() {
    let text = |first: &str, second: &str| {
        format!(
            "id,item_group_id,title,sku,option_size,price,status\n10,1,Tee,T-S,S,5,{first}\n11,1,Tee,T-M,M,5,{second}\n"
        )
    };
    let (status, skus) = imported(&text("hidden", "active")).await;
    assert_eq!((status, skus), (ProductStatus::Active, vec!["T-M".into()]));
    let (status, skus) = imported(&text("hidden", "draft")).await;
    assert_eq!((status, skus.len()), (ProductStatus::Draft, 2));
}

#[tokio::test]
async fn variations_that_are_all_hidden_make_a_draft_of_their_product() {
    let text = |first: &str, second: &str| {
        format!(
            "ID,Type,SKU,Name,Published,Regular price,Parent,Attribute 1 name,Attribute 1 value(s)\n\
             1,variable,TEE,Tee,1,,,Size,\"S, M\"\n\
             2,variation,TEE-S,Tee - S,{first},5.00,TEE,Size,S\n\
             3,variation,TEE-M,Tee - M,{second},6.00,TEE,Size,M\n"
        )
    };
    let (status, skus) = imported(&text("-1", "0")).await;
    assert_eq!((status, skus.len()), (ProductStatus::Draft, 2));
    let (status, skus) = imported(&text("1", "0")).await;
    assert_eq!(
        (status, skus),
        (ProductStatus::Active, vec!["TEE-S".into()])
    );
}

#[tokio::test]
async fn row_that_hides_a_variant_given_before_takes_it_away() {
    let text = "id,title,sku,option_size,price,status\n\
        1,Tee,T-S,S,5,active\n1,Tee,T-M,M,6,active\n1,Tee,T-M,M,6,hidden\n";
    let (status, skus) = imported(text).await;
    assert_eq!((status, skus), (ProductStatus::Active, vec!["T-S".into()]));
}

#[tokio::test]
async fn variants_told_apart_by_an_attribute_are_hidden_one_by_one() {
    let text = |first: &str, second: &str| {
        format!("id,title,size,price,status\n1,Tee,S,5,{first}\n1,Tee,M,7,{second}\n")
    };
    let (status, skus) = imported(&text("active", "draft")).await;
    assert_eq!((status, skus.len()), (ProductStatus::Active, 1));
    let (status, skus) = imported(&text("draft", "active")).await;
    assert_eq!((status, skus.len()), (ProductStatus::Draft, 2));
}

#[tokio::test]
async fn row_that_is_given_again_speaks_for_the_product() {
    let text = |first: &str, second: &str| {
        format!("id,title,price,status\n1,Tee,5,{first}\n1,Tee,7,{second}\n")
    };
    let (status, skus) = imported(&text("active", "draft")).await;
    assert_eq!((status, skus.len()), (ProductStatus::Draft, 1));
    let (status, skus) = imported(&text("draft", "active")).await;
    assert_eq!((status, skus.len()), (ProductStatus::Active, 1));
}
