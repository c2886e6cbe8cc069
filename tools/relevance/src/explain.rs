//! Explains the score of each hit of a query.

use std::io::{self, Write};

use anyhow::Result;
use souk_domain::ProductDocument;
use souk_search::{
    evaluation::Grades,
    query_understanding::Understood,
    ranking::weights::{FieldWeights, TermWeights},
};

use crate::run::Asker;

/// Number of hits that are explained.
const HITS: u32 = 15;

/// Prints the plan of a query: what its words may be besides, what it means and what is made of that; and for each hit
/// what it scores and what each word weighs in it.
pub(crate) async fn explain(asker: &Asker<'_>, text: &str, grades: Option<&Grades>) -> Result<()> {
    let (plan, understood) = asker.plan(text, HITS)?;
    let page = souk_search::search(asker.place.engine.as_ref(), &plan).await?;
    let ids: Vec<_> = page.hits.iter().map(|hit| hit.id).collect();
    let scope = asker.place.store.scope(asker.place.tenant.id);
    let documents = scope.documents(&ids).await?;

    let mut out = io::stdout().lock();
    writeln!(out, "{} hits at stage {:?}", page.total, page.stage)?;
    writeln!(out, "{:#?}", plan.settings)?;
    let words = plan.text.map(|text| text.words).unwrap_or_default();
    for word in &words {
        writeln!(out, "{word:?}")?;
    }
    for Understood { phrase, meaning } in &understood {
        writeln!(
            out,
            "`{phrase}` means {:?}: share {:.2}, coverage {:.2}, {} products{}",
            meaning.value,
            meaning.share,
            meaning.coverage,
            meaning.support,
            if meaning.named { ", by its name" } else { "" },
        )?;
    }
    writeln!(out, "{:#?}", plan.merchandising)?;
    if let Some(meant) = asker.model.did_you_mean(text) {
        writeln!(out, "did you mean `{meant}`")?;
    }
    let mut weigher = TermWeights::new(plan.language, &FieldWeights::default());
    for (hit, document) in page.hits.iter().zip(&documents) {
        weigher.read(document);
        let weights = words.iter().map(|word| {
            let weight = weigher.stems().find(|(stem, _)| *stem == word.stem);
            let weight = weight.map_or(0, |(_, weight)| weight);
            format!("{}={weight}", word.stem)
        });
        writeln!(
            out,
            "{:>9.4} {} {:>12} {} [{}]",
            hit.score.unwrap_or_default(),
            grade(document, grades),
            document.external_id,
            document.title,
            weights.collect::<Vec<_>>().join(" "),
        )?;
    }
    Ok(())
}

fn grade(document: &ProductDocument, grades: Option<&Grades>) -> String {
    let grade = grades.and_then(|grades| grades.get(&document.external_id));
    grade.map_or_else(|| "?".to_owned(), u8::to_string)
}
