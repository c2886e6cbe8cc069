//! The model of a folder named by `SOUK_TEST_EMBEDDINGS`, which `cargo xtask test` sets: all-MiniLM-L6-v2.
//!
//! Expected numbers are of an implementation apart from this one: the layers in NumPy with 64-bit floats, and Hugging
//! Face's `tokenizers` 0.23, over the same files. Its similarities of the first three texts are also those that the quick
//! start of Sentence Transformers shows.

use std::path::PathBuf;

use super::*;

fn model() -> Option<SentenceModel> {
    let Some(folder) = std::env::var_os("SOUK_TEST_EMBEDDINGS") else {
        eprintln!("left out: SOUK_TEST_EMBEDDINGS names no folder with a model");
        return None;
    };
    Some(SentenceModel::open(&PathBuf::from(folder)).unwrap())
}

fn unit(values: &[f32]) -> Vec<f32> {
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    values.iter().map(|value| value / length).collect()
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let (one, other) = (unit(one), unit(other));
    one.iter().zip(&other).map(|(one, other)| one * other).sum()
}

#[test]
fn texts_have_their_similarities() {
    let Some(model) = model() else { return };
    let texts = [
        "The weather is lovely today.",
        "It's so sunny outside!",
        "He drove to the stadium.",
        "laptop bag",
        "notebook sleeve",
        "Crème-brûlée torch, 3 pcs. (中文)",
    ];
    let pooled = model.pooled(&texts);
    let vectors = model.embed(&texts).unwrap();
    for (one, other, expected) in [
        (0, 1, 0.665_955),
        (0, 2, 0.104_584),
        (1, 2, 0.141_145),
        (3, 4, 0.611_995),
        (3, 5, 0.094_302),
        (4, 5, 0.110_560),
    ] {
        let found = cosine(&pooled[one], &pooled[other]);
        assert!((found - expected).abs() < 1e-5, "{one}, {other}: {found}");
        let found = vectors[one].similarity(&vectors[other]);
        assert!((found - expected).abs() < 0.01, "{one}, {other}: {found}");
    }
}

#[test]
fn texts_have_their_first_numbers() {
    let Some(model) = model() else { return };
    let long = "stainless steel water bottle".repeat(9);
    for (text, expected) in [
        (
            "This is an example sentence",
            [0.067_657, 0.063_496, 0.048_713, 0.079_305],
        ),
        ("laptop bag", [-0.056_723, 0.101_802, -0.051_422, 0.024_168]),
        (
            "Crème-brûlée torch, 3 pcs. (中文)",
            [-0.039_749, -0.024_072, -0.006_944, -0.005_268],
        ),
        (&long, [-0.072_912, 0.019_968, -0.011_090, 0.057_068]),
    ] {
        let found = unit(&model.pooled(&[text])[0]);
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1e-5,
                "{text}: {found}, not {expected}"
            );
        }
    }
}

#[test]
fn text_becomes_its_tokens() {
    let Some(model) = model() else { return };
    assert_eq!(
        model.tokenizer.tokens("Crème-brûlée torch, 3 pcs. (中文)"),
        [
            101, 13675, 21382, 1011, 7987, 9307, 2063, 12723, 1010, 1017, 27019, 1012, 1006, 1746,
            1861, 1007, 102
        ]
    );
}

#[test]
fn text_has_the_same_vector_alone_and_among_others() {
    let Some(model) = model() else { return };
    let long = "A mug of stoneware with a handle, safe in the dishwasher. ".repeat(9);
    let texts = ["red mug", "", &long, "中文 Crème-brûlée", "a", &long];
    let together = model.pooled(&texts);
    assert_eq!(together.len(), texts.len());
    for (text, among) in texts.iter().zip(&together) {
        let alone = &model.pooled(&[text])[0];
        assert!(cosine(alone, among) > 0.99999, "{text}");
    }
    assert!(cosine(&together[2], &together[5]) > 0.99999);
}

#[test]
fn folder_that_lacks_a_file_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let error = SentenceModel::open(folder.path()).unwrap_err();
    assert!(error.to_string().contains("config.json"), "{error}");
    for name in ["config.json", "tokenizer.json", "model.safetensors"] {
        std::fs::write(folder.path().join(name), "{}").unwrap();
    }
    let error = SentenceModel::open(folder.path()).unwrap_err();
    assert!(error.to_string().contains("config.json"), "{error}");
}
