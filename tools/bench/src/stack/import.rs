//! An import of a catalogue's file, next to a COPY of the very rows that it makes.
//!
//! An import understands a file, keeps references and unique names right, writes the rows, notes each change for the
//! index, and makes what searches without an index read. A COPY of what then is in the tables does nothing but write it
//! there, into the same indexes.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::{
    Arguments, Stack,
    copying::{Copied, Rows},
    database::{Database, spoken},
};
use crate::{
    report::{Report, Target},
    say,
};

pub(super) async fn measure(
    stack: &Stack,
    arguments: &Arguments,
    report: &mut Report,
) -> Result<()> {
    let products = arguments.products;
    if products == 0 {
        say("nothing is imported, since no products are to be generated");
        return Ok(());
    }
    let file = arguments.folder.join("catalogue.jsonl");
    let trial = Trial { stack, arguments };

    say("generating a catalogue to import");
    let generated = trial.database("generated").await?;
    let number = products.to_string();
    let generating = generated.souk(&["generate", "--seed", "1", "--products", &number])?;
    let fresh = trial.database("copied").await?;
    let folder = arguments.folder.join("rows");
    let rows = Rows::of(generated.connection(), fresh.connection(), &folder).await?;
    std::fs::create_dir_all(&arguments.folder)?;
    generated.souk(&["export", spoken(&file)?])?;
    generated.remove(stack).await?;
    fresh.remove(stack).await?;

    // The import between two copies: what else goes on in the machine meets both.
    let before = trial.copy(&rows).await?;
    say("importing");
    let imported = trial.database("imported").await?;
    imported.settle().await?;
    let importing = imported.souk(&["import", spoken(&file)?])?;
    ensure!(
        imported.products().await? == u64::from(products),
        "not every product was imported"
    );
    imported.remove(stack).await?;
    let after = trial.copy(&rows).await?;

    let catalogue = (before.catalogue + after.catalogue) / 2;
    let outbox = (before.outbox + after.outbox) / 2;
    let rate = |time: Duration| f64::from(products) / time.as_secs_f64();
    let ratio = |time: Duration, to: Duration| to.as_secs_f64() / time.as_secs_f64();
    report.note("rows copied", before.rows as f64, "number");
    report.note(
        "bytes copied",
        rows.bytes()? as f64 / f64::from(1 << 20),
        "MB",
    );
    report.note("bare COPY, products", rate(catalogue), "1/s");
    report.note("import, products", rate(importing), "1/s");
    report.judge(
        "import to bare COPY",
        ratio(importing, catalogue),
        "ratio",
        Target::AtLeast(0.6),
    );
    report.note(
        "import to bare COPY, its outbox too",
        ratio(importing, catalogue + outbox),
        "ratio",
    );
    report.note("generate, products", rate(generating), "1/s");
    report.note(
        "generate to bare COPY",
        ratio(generating, catalogue),
        "ratio",
    );
    Ok(())
}

struct Trial<'a> {
    stack: &'a Stack,
    arguments: &'a Arguments,
}

impl Trial<'_> {
    async fn database(&self, name: &str) -> Result<Database> {
        Database::create(self.stack, self.arguments, name).await
    }

    async fn copy(&self, rows: &Rows) -> Result<Copied> {
        say("copying the same rows");
        let target = self.database("copied").await?;
        target.settle().await?;
        let copied = rows.copy_into(target.connection()).await?;
        target.remove(self.stack).await?;
        Ok(copied)
    }
}
