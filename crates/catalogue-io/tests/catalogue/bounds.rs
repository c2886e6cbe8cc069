//! Files that are too large for a memory, each refused with what is too large.

use std::io::Write;

use souk_catalogue_io::import::{ImportArgs, ImportError};

use crate::shop::DemoShop;

/// A workbook of one sheet, by the XML of its rows.
fn workbook(rows: &str) -> Vec<u8> {
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#.to_owned(),
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Goods" sheetId="1" r:id="r1"/></sheets></workbook>"#.to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
            ),
        ),
    ];
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn text(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn number(place: &str, number: &str) -> String {
    format!(r#"<c r="{place}"><v>{number}</v></c>"#)
}

fn header() -> String {
    let cells = [text("A1", "id"), text("B1", "title"), text("C1", "price")];
    format!(r#"<row r="1">{}</row>"#, cells.concat())
}

/// Reason for which a file is not opened.
async fn refused(name: &str, content: impl AsRef<[u8]>) -> String {
    let shop = DemoShop::new().await;
    match shop.import(&ImportArgs::of(shop.file(name, content))).await {
        Err(ImportError::Open { source, .. } | ImportError::Read { source, .. }) => {
            source.to_string()
        }
        Err(ImportError::Header { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn sheet_with_a_far_cell_is_refused_by_name() {
    let far = format!(r#"<row r="1048576">{}</row>"#, number("XFD1048576", "1"));
    let message = refused("far.xlsx", workbook(&format!("{}{far}", header()))).await;
    assert!(
        message.contains("sheet Goods is too wide: row 1048576 has a cell in column 16384"),
        "{message}"
    );
}

#[tokio::test]
async fn sheet_with_a_far_row_costs_that_row_only() {
    let shop = DemoShop::new().await;
    let row = format!(
        r#"<row r="2">{}{}{}</row>"#,
        number("A2", "1"),
        text("B2", "Mug, \"blue\""),
        number("C2", "5")
    );
    let far = format!(r#"<row r="1048576">{}</row>"#, text("A1048576", "x"));
    let content = workbook(&format!("{}{row}{far}", header()));
    let summary = shop.import_text("far.xlsx", content).await;
    assert_eq!((summary.created, summary.skipped), (1, 1));
    assert_eq!(shop.product("1").await.unwrap().title, "Mug, \"blue\"");
}

#[tokio::test]
async fn numeric_cells_are_never_read_by_marks_of_thousands() {
    let shop = DemoShop::new().await;
    let prices = ["12.345", "1234.5", "1.299", "7"];
    let rows: String = prices
        .iter()
        .enumerate()
        .map(|(index, price)| {
            let row = index + 2;
            format!(
                r#"<row r="{row}">{}{}{}</row>"#,
                number(&format!("A{row}"), &row.to_string()),
                text(&format!("B{row}"), "Mug"),
                number(&format!("C{row}"), price)
            )
        })
        .collect();
    let content = workbook(&format!("{}{rows}", header()));
    let summary = shop.import_text("numbers.xlsx", content).await;
    assert_eq!(summary.created, 4);
    for (id, minor) in [("2", 1235), ("3", 123_450), ("4", 130), ("5", 700)] {
        assert_eq!(shop.product(id).await.unwrap().price.min, minor, "{id}");
    }
}

#[tokio::test]
async fn header_of_endless_columns_is_refused() {
    let names: Vec<String> = (0..5_000).map(|number| format!("c{number}")).collect();
    let message = refused("wide.csv", format!("id,title,{}\n1,A\n", names.join(","))).await;
    assert!(message.contains("the header has 5002 columns"), "{message}");
}

#[tokio::test]
async fn object_of_endless_members_is_a_fault() {
    let shop = DemoShop::new().await;
    let value = "x".repeat(64 * 1024);
    let members: Vec<String> = (0..300)
        .map(|number| format!("\"m{number}\":\"{value}\""))
        .collect();
    let content = format!("{{\n\"id\":1,{}}}", members.join(","));
    let summary = shop.import_text("endless.json", content).await;
    assert_eq!((summary.created, summary.skipped), (0, 1));
}

#[tokio::test]
async fn item_of_endless_elements_is_a_fault_and_the_next_is_read() {
    let shop = DemoShop::new().await;
    let elements = format!("<link>{}</link>", "x".repeat(64 * 1024)).repeat(300);
    let item = |id: u32, more: &str| {
        format!("<item><id>{id}</id><title>Mug</title><price>5 EUR</price>{more}</item>")
    };
    let content = format!(
        "<rss><channel>{}{}</channel></rss>",
        item(1, &elements),
        item(2, "")
    );
    let summary = shop.import_text("endless.xml", content).await;
    assert_eq!((summary.created, summary.skipped), (1, 1));
    assert!(shop.product("2").await.is_some());
}

#[tokio::test]
async fn product_of_endless_rows_is_a_fault_and_the_next_is_read() {
    let shop = DemoShop::new().await;
    let text = "x".repeat(1024 * 1024);
    let rows: String = (0..70)
        .map(|size| format!("1,Tee,5,{size},{text}\n"))
        .collect();
    let content = format!("id,title,price,option_size,description\n{rows}2,Mug,5,,short\n");
    let summary = shop.import_text("endless.csv", content).await;
    assert_eq!((summary.created, summary.skipped), (1, 1));
    assert!(shop.product("2").await.is_some());
}
