//! Catalogues written in the forms of several systems, in any order of rows, encoding, decimal mark and quoting, and
//! read back as what was meant.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::shop::DemoShop;

/// A product as it is meant.
#[derive(Debug, Clone)]
struct Meant {
    id: String,
    title: String,
    hidden: bool,
    /// Price in cents and stock by size.
    variants: BTreeMap<String, (i64, i64)>,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Shopify,
    Woo,
    Google,
    Magento,
    Generic,
}

/// Spelling of a file.
#[derive(Debug, Clone, Copy)]
struct Spelling {
    comma: bool,
    thousands: bool,
    utf16: bool,
    mark: bool,
    crlf: bool,
    quote_all: bool,
    semicolon: bool,
}

prop_compose! {
    fn meant(number: usize)(
        title in "[A-Z][a-zé]{1,8}( [a-z\",;]{1,6}[a-z]){0,2}",
        hidden in any::<bool>(),
        sizes in proptest::collection::btree_map("[A-Z]{1,3}", (1_i64..3_000_000, 0_i64..500), 1..4),
    ) -> Meant {
        Meant {
            id: format!("p-{number}"),
            title,
            hidden,
            variants: sizes,
        }
    }
}

fn catalogue() -> impl Strategy<Value = Vec<Meant>> {
    (1_usize..6).prop_flat_map(|count| (0..count).map(meant).collect::<Vec<_>>())
}

fn form() -> impl Strategy<Value = Form> {
    prop_oneof![
        Just(Form::Shopify),
        Just(Form::Woo),
        Just(Form::Google),
        Just(Form::Magento),
        Just(Form::Generic),
    ]
}

prop_compose! {
    fn spelling()(bits in proptest::array::uniform7(any::<bool>())) -> Spelling {
        let [comma, thousands, utf16, mark, crlf, quote_all, semicolon] = bits;
        Spelling { comma, thousands, utf16, mark, crlf, quote_all, semicolon }
    }
}

impl Spelling {
    fn amount(self, cents: i64) -> String {
        let (decimal, thousand) = if self.comma { (',', '.') } else { ('.', ',') };
        let whole = (cents / 100).to_string();
        let mut shown = String::new();
        for (index, digit) in whole.chars().enumerate() {
            let left = whole.len() - index;
            if self.thousands && index > 0 && left.is_multiple_of(3) {
                shown.push(thousand);
            }
            shown.push(digit);
        }
        format!("{shown}{decimal}{:02}", cents % 100)
    }

    fn file(self, rows: &[Vec<String>]) -> Vec<u8> {
        let delimiter = if self.semicolon { b';' } else { b',' };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .quote_style(if self.quote_all {
                csv::QuoteStyle::Always
            } else {
                csv::QuoteStyle::Necessary
            })
            .terminator(if self.crlf {
                csv::Terminator::CRLF
            } else {
                csv::Terminator::Any(b'\n')
            })
            .from_writer(Vec::new());
        for row in rows {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        match (self.utf16, self.mark) {
            (true, _) => format!("\u{feff}{text}")
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
            (false, true) => format!("\u{feff}{text}").into_bytes(),
            (false, false) => text.into_bytes(),
        }
    }
}

/// Header and rows of a catalogue; rows that may come in any order stand alone.
fn table(form: Form, products: &[Meant], spelling: Spelling) -> (Vec<String>, Vec<Vec<String>>) {
    let header = match form {
        Form::Shopify => {
            "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Status"
        }
        Form::Woo => {
            "ID,Type,SKU,Name,Published,Visibility in catalog,In stock?,Stock,Regular price,Parent,Attribute 1 name,Attribute 1 value(s)"
        }
        Form::Google => "id,title,item_group_id,image_link,price,availability,quantity,size,link",
        Form::Magento => {
            "sku,attribute_set_code,product_type,name,product_online,visibility,price,qty,is_in_stock,configurable_variations"
        }
        Form::Generic => "id,title,sku,price,stock,option_size,status",
    };
    let header: Vec<String> = header.split(',').map(str::to_owned).collect();
    let mut rows = Vec::new();
    for (number, product) in products.iter().enumerate() {
        let Meant {
            id,
            title,
            hidden,
            variants,
        } = product;
        let sku = |size: &str| format!("{id}-{size}");
        let status = if *hidden { "draft" } else { "active" };
        match form {
            Form::Woo => rows.push(vec![
                (number * 100).to_string(),
                "variable".into(),
                id.clone(),
                title.clone(),
                if *hidden { "'-1".into() } else { "1".into() },
                "visible".into(),
                "1".into(),
                String::new(),
                String::new(),
                String::new(),
                "Size".into(),
                variants.keys().cloned().collect::<Vec<_>>().join(", "),
            ]),
            Form::Magento => {
                let listed: Vec<String> = variants
                    .keys()
                    .map(|size| format!("sku={},size={size}", sku(size)))
                    .collect();
                rows.push(vec![
                    id.clone(),
                    "Top".into(),
                    "configurable".into(),
                    title.clone(),
                    if *hidden { "2".into() } else { "1".into() },
                    "Catalog, Search".into(),
                    String::new(),
                    String::new(),
                    "1".into(),
                    listed.join("|"),
                ]);
            }
            _ => {}
        }
        for (index, (size, (price, stock))) in variants.iter().enumerate() {
            let price = spelling.amount(*price);
            let stock = stock.to_string();
            rows.push(match form {
                Form::Shopify => vec![
                    id.clone(),
                    title.clone(),
                    String::new(),
                    "V".into(),
                    "Size".into(),
                    size.clone(),
                    sku(size),
                    "shopify".into(),
                    stock,
                    price,
                    status.into(),
                ],
                Form::Woo => vec![
                    (number * 100 + index + 1).to_string(),
                    "variation".into(),
                    sku(size),
                    format!("{title} - {size}"),
                    "1".into(),
                    "visible".into(),
                    "1".into(),
                    stock,
                    price,
                    if index % 2 == 0 {
                        id.clone()
                    } else {
                        format!("id:{}", number * 100)
                    },
                    "Size".into(),
                    size.clone(),
                ],
                Form::Google => vec![
                    sku(size),
                    title.clone(),
                    id.clone(),
                    String::new(),
                    format!("{price} EUR"),
                    "in stock".into(),
                    stock,
                    size.clone(),
                    "x".into(),
                ],
                Form::Magento => vec![
                    sku(size),
                    "Top".into(),
                    "simple".into(),
                    format!("{title} {size}"),
                    "1".into(),
                    "Not Visible Individually".into(),
                    price,
                    stock,
                    "1".into(),
                    String::new(),
                ],
                Form::Generic => vec![
                    id.clone(),
                    title.clone(),
                    sku(size),
                    price,
                    stock,
                    size.clone(),
                    status.into(),
                ],
            });
        }
    }
    (header, rows)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn catalogue_in_any_form_is_read_back_as_it_was_meant(
        products in catalogue(),
        form in form(),
        spelling in spelling(),
        order in any::<u64>(),
    ) {
        let (header, mut rows) = table(form, &products, spelling);
        // An order of its own for each case.
        rows.sort_by_key(|row| {
            let text = row.concat();
            text.bytes().fold(order, |hash, byte| hash.rotate_left(5).wrapping_mul(31) ^ u64::from(byte))
        });
        rows.insert(0, header);
        let file = spelling.file(&rows);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let shop = DemoShop::new().await;
            let summary = shop.import_text("export.csv", file).await;
            assert_eq!((summary.created, summary.skipped), (products.len() as u64, 0), "{summary}");
            for (number, product) in products.iter().enumerate() {
                let id = if let Form::Woo = form { (number * 100).to_string() } else { product.id.clone() };
                let found = shop.product(&id).await.unwrap();
                assert_eq!(&found.title, &product.title);
                let says_status = !matches!(form, Form::Google);
                let hidden = found.status.as_str() == "draft";
                assert_eq!(hidden, product.hidden && says_status);
                let variants: BTreeMap<String, (i64, i64)> = found
                    .variants
                    .iter()
                    .map(|variant| {
                        let size = variant.sku.rsplit('-').next().unwrap_or_default().to_owned();
                        if product.variants.len() > 1 {
                            let told = variant.options.iter().find(|(name, _)| name.eq_ignore_ascii_case("size"));
                            assert_eq!(told.map(|(_, value)| value), Some(&size));
                        }
                        (size, (variant.prices.price, variant.stock))
                    })
                    .collect();
                assert_eq!(&variants, &product.variants);
            }
        });
    }
}
