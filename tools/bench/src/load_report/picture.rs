//! Picture of the latency distribution.

use std::path::Path;

use anyhow::Result;
use plotters::prelude::*;

use super::measured::Kind;

const SIZE: (u32, u32) = (900, 420);
const BINS: u32 = 40;
/// Nothing is shown as faster than this, in milliseconds: it is what a clock and a network of this machine can tell.
const FASTEST_MS: f64 = 0.05;

/// Draws a histogram over a logarithmic scale of time.
pub(super) fn draw(kind: &Kind, title: &str, path: &Path) -> Result<()> {
    let (first, last) = (kind.within_ms(0.0), kind.within_ms(1.0));
    let low = first.max(FASTEST_MS);
    let high = last.max(low * 2.0);
    let bins = bins(kind, low, high);
    let highest = bins.iter().map(|bin| bin.percent).fold(1.0, f64::max);

    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(56)
        .build_cartesian_2d((low..high).log_scale(), 0.0..highest * 1.1)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_desc("milliseconds")
        .y_desc("% of requests")
        .draw()?;
    let bars = bins.iter().map(|bin| {
        Rectangle::new(
            [(bin.from, 0.0), (bin.to, bin.percent)],
            BLUE.mix(0.5).filled(),
        )
    });
    chart.draw_series(bars)?;
    for (name, share, colour) in [
        ("p50", 0.5, GREEN),
        ("p95", 0.95, MAGENTA),
        ("p99", 0.99, RED),
    ] {
        let ms = kind.within_ms(share).max(low);
        chart
            .draw_series(LineSeries::new(
                [(ms, 0.0), (ms, highest * 1.1)],
                colour.stroke_width(2),
            ))?
            .label(format!("{name}: {ms:.1} ms"))
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour));
    }
    chart
        .configure_series_labels()
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    root.present()?;
    Ok(())
}

struct Bin {
    from: f64,
    to: f64,
    percent: f64,
}

/// Equally wide on a logarithmic scale.
fn bins(kind: &Kind, low: f64, high: f64) -> Vec<Bin> {
    let step = (high / low).powf(1.0 / f64::from(BINS));
    let edge = |number: u32| low * step.powi(number as i32);
    let bin = |number: u32| {
        let (from, to) = (edge(number), edge(number + 1));
        // Whoever was faster is in the first, and the very slowest in the last.
        let below = if number == 0 {
            0.0
        } else {
            kind.share_within(from)
        };
        let upto = if number + 1 == BINS {
            1.0
        } else {
            kind.share_within(to)
        };
        Bin {
            from,
            to,
            percent: (upto - below) * 100.0,
        }
    };
    (0..BINS).map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_is_in_the_picture() {
        let kind = Kind {
            name: "all".to_owned(),
            count: 3,
            quantiles: vec![(0.0, 0.0), (0.5, 3.0), (1.0, 800.0)],
        };
        let bins = bins(&kind, FASTEST_MS, 800.0);
        let sum: f64 = bins.iter().map(|bin| bin.percent).sum();
        assert!((sum - 100.0).abs() < 1e-6, "{sum}");

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("latency.svg");
        draw(&kind, "storefront", &path).unwrap();
        let picture = std::fs::read_to_string(path).unwrap();
        assert!(
            picture.starts_with("<svg") && picture.contains("p95"),
            "{picture}"
        );
    }
}
