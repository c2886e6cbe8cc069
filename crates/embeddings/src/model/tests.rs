//! The model of a folder named by `SOUK_TEST_EMBEDDINGS`, which `cargo xtask test` sets, against what its authors publish.

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

/// Similarities in the quick start of the Sentence Transformers documentation.
#[test]
fn model_has_published_similarities() {
    let Some(model) = model() else { return };
    let texts = [
        "The weather is lovely today.",
        "It's so sunny outside!",
        "He drove to the stadium.",
    ];
    let pooled = model.pooled(&texts);
    for (one, other, expected) in [(0, 1, 0.6660), (0, 2, 0.1046), (1, 2, 0.1411)] {
        let found = cosine(&pooled[one], &pooled[other]);
        assert!((found - expected).abs() < 1e-4, "{one}, {other}: {found}");
        let vectors = model.embed(&texts).unwrap();
        let found = vectors[one].similarity(&vectors[other]);
        assert!((found - expected).abs() < 0.01, "{one}, {other}: {found}");
    }
}

/// First numbers of a vector in the model's card.
#[test]
fn model_has_published_numbers() {
    let Some(model) = model() else { return };
    let pooled = model.pooled(&["This is an example sentence"]);
    for (found, expected) in unit(&pooled[0])
        .iter()
        .zip([0.067_657, 0.063_496, 0.048_713])
    {
        assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
    }
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
