//! The growth of a marketplace in its embedded form.

use std::{fs, path::Path, process::ExitCode, time::Instant};

use anyhow::{Context, Result};

use super::{Answers, Questions, ROUNDS, TIMES, compare, duration, named, note_filling, products};
use crate::{
    direct::find_index,
    embedded::Arguments,
    report::{Report, Target},
    say,
    server::{Installation, Server},
};

/// Milliseconds that suggestions may take, of the larger catalogue too.
const SUGGESTIONS: f64 = 10.0;
/// Megabytes that the process may hold with the larger catalogue.
const MEMORY: f64 = 1_500.0;

/// Instance of one size.
struct DemoShop {
    size: String,
    installation: Installation,
    server: Server,
    answers: Answers,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode> {
    measure(arguments).await?.conclude(&arguments.report)
}

async fn measure(arguments: &Arguments) -> Result<Report> {
    let duration = duration(arguments.quick);
    let mut report = Report::default();
    let mut shops = [
        DemoShop::fill(arguments, 1, &mut report).await?,
        DemoShop::fill(arguments, TIMES, &mut report).await?,
    ];
    let questions = Questions::derive(shops[0].server.address).await?;
    for shop in &shops {
        say(&format!("{}, warming up", shop.size));
        let address = shop.server.address;
        questions.warm_up(address, duration).await?;
    }
    // In turns, so that both meet the same weather.
    for round in 1..=ROUNDS {
        for shop in &mut shops {
            say(&format!("{}, round {round} of {ROUNDS}", shop.size));
            let address = shop.server.address;
            let answers = &mut shop.answers;
            questions.ask(address, duration, answers).await?;
        }
    }
    let [small, large] = &mut shops;
    small.report(None, None, &mut report)?;
    let (suggestions, memory) = (Target::Below(SUGGESTIONS), Target::Below(MEMORY));
    large.report(Some(suggestions), Some(memory), &mut report)?;
    compare(&mut small.answers, &mut large.answers, &mut report);
    Ok(report)
}

impl DemoShop {
    async fn fill(arguments: &Arguments, times: u32, report: &mut Report) -> Result<Self> {
        let size = named(times);
        let products = products(arguments.products, times)?;
        let folder = arguments.folder.join(&size);
        say(&format!("{size}, generating {products} products"));
        let installation = Installation::new(&arguments.souk, &folder)?;
        let number = products.to_string();
        let generating = installation.run(&["generate", "--products", &number, "--seed", "1"])?;
        say(&format!("{size}, indexing"));
        let begun = Instant::now();
        let server = installation.serve(products.into()).await?;
        let indexing = begun.elapsed();
        server.rest().await?;
        let times = [
            ("generating", generating),
            ("starting and indexing", indexing),
        ];
        note_filling(&size, products, times, report);
        Ok(Self {
            size,
            installation,
            server,
            answers: Answers::default(),
        })
    }

    fn report(
        &mut self,
        suggestions: Option<Target>,
        memory: Option<Target>,
        report: &mut Report,
    ) -> Result<()> {
        let size = &self.size;
        self.answers.report(size, suggestions, report);
        let held = self.server.memory()?;
        let name = format!("{size}, resident memory");
        report.add(&name, held.now, "MB", memory);
        report.note(&format!("{name}, without files"), held.own, "MB");
        report.note(&format!("{name}, peak"), held.peak, "MB");
        let data = self.installation.data();
        let index = find_index(&data)?.context("there is no index in the data folder")?;
        report.note(&format!("{size}, index on disk"), megabytes(&index)?, "MB");
        report.note(
            &format!("{size}, all data on disk"),
            megabytes(&data)?,
            "MB",
        );
        Ok(())
    }
}

/// Size of the files in a folder and below it.
fn megabytes(folder: &Path) -> Result<f64> {
    Ok(bytes(folder)? as f64 / f64::from(1 << 20))
}

fn bytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        sum += match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes(&entry.path())?,
            Ok(metadata) => metadata.len(),
            // An index takes files away whenever it has merged them.
            Err(_) => 0,
        };
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_folders_count() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        fs::write(folder.path().join("one"), [0; 300]).unwrap();
        fs::write(folder.path().join("inner/two"), [0; 200]).unwrap();
        assert_eq!(bytes(folder.path()).unwrap(), 500);
    }
}
