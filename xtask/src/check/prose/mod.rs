//! Checks the style rule of CONTRIBUTING: how doc comments, log lines and tests are worded.

mod comments;

use std::fs;

use anyhow::{Context, Result};

use self::comments::{Block, blocks};
use super::modules::{rust_files, shown, source_folders};
use crate::workspace::Workspace;

/// Highest share of a package's doc comments that may start with a pronoun or question word, in percent.
const MAX_VAGUE_PERCENT: usize = 5;

/// Lines from which on a file needs a `//!` comment.
const LINES_WITHOUT_MODULE_DOC: usize = 30;

/// First words of a doc comment that name neither an action nor a thing.
const VAGUE: &[&str] = &[
    "What",
    "How",
    "Whether",
    "Who",
    "Whose",
    "Whom",
    "Which",
    "Where",
    "When",
    "Why",
    "Its",
    "It",
    "One",
    "Those",
    "These",
    "This",
    "That",
    "They",
    "Them",
    "Their",
    "He",
    "She",
    "We",
    "You",
    "Nobody",
    "Somebody",
    "Everybody",
    "Everyone",
    "Whoever",
    "Whatever",
    "Whenever",
    "So",
];

/// Words that the glossary replaces, lower case.
const BANNED: &[&str] = &[
    "anew",
    "makeshift",
    "reckon",
    "reckons",
    "reckoned",
    "whomever",
    "steered",
    "betimes",
    "hitherto",
    "thereof",
    "wherein",
    "herein",
];

/// Names that a log line may start with.
const PROPER_NAMES: &[&str] = &["Elasticsearch", "Redis", "Souk", "Tantivy"];

/// Macros whose first literal is the event of a log line.
const LOG_MACROS: &[&str] = &["trace!", "debug!", "info!", "warn!", "error!"];

/// Returns a complaint for each breach of the style rule.
///
/// # Errors
/// If a source file cannot be read.
pub(super) fn complaints(workspace: &Workspace) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in source_folders(workspace)? {
        let mut package = Package::default();
        for file in rust_files(&folder)? {
            let text = fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            package.read(&shown(workspace, &file), &text);
        }
        found.extend(package.complaints(&shown(workspace, &folder)));
    }
    Ok(found)
}

/// Wording of one package.
#[derive(Default)]
struct Package {
    blocks: usize,
    vague: Vec<String>,
    others: Vec<String>,
}

impl Package {
    fn read(&mut self, file: &str, text: &str) {
        for block in blocks(text) {
            self.read_block(file, &block);
        }
        if text.lines().count() > LINES_WITHOUT_MODULE_DOC && !text.contains("//!") {
            self.others.push(format!(
                "{file}: begin the file with a `//!` line that says what it does"
            ));
        }
        for (number, line) in text.lines().enumerate() {
            if let Some(event) = log_event(line).filter(|event| starts_upper(event)) {
                self.others.push(format!(
                    "{file}:{}: begin the log line \"{event}\" in lower case",
                    number + 1
                ));
            }
            if let Some(name) = vague_test_name(text, number, line) {
                self.others.push(format!(
                    "{file}:{}: name the test {name} subject_condition_result",
                    number + 1
                ));
            }
        }
    }

    fn read_block(&mut self, file: &str, block: &Block<'_>) {
        self.blocks += 1;
        if VAGUE.contains(&block.first_word()) {
            self.vague
                .push(format!("{file}:{}: {}", block.line, block.lines[0].trim()));
        }
        for word in block.words() {
            let word = word.to_lowercase();
            if BANNED.contains(&word.as_str()) {
                self.others.push(format!(
                    "{file}:{}: say `{word}` in today's words",
                    block.line
                ));
            }
        }
    }

    fn complaints(self, folder: &str) -> Vec<String> {
        let mut found = self.others;
        if self.vague.len() * 100 > self.blocks * MAX_VAGUE_PERCENT {
            found.push(format!(
                "{folder}: {} of {} doc comments start with a pronoun or question word, at most {MAX_VAGUE_PERCENT} %",
                self.vague.len(),
                self.blocks
            ));
            found.extend(self.vague);
        }
        found
    }
}

/// The event of a log line that stands on the line of its macro.
fn log_event(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("tracing::").unwrap_or(line);
    if !LOG_MACROS.iter().any(|name| line.starts_with(name)) {
        return None;
    }
    let (_, rest) = line.split_once('"')?;
    rest.split('"').next()
}

fn starts_upper(event: &str) -> bool {
    let word = event.split(' ').next().unwrap_or_default();
    let capitals = word.chars().filter(|letter| letter.is_uppercase()).count();
    // Several capitals are an abbreviation, such as SQL.
    word.starts_with(char::is_uppercase) && capitals == 1 && !PROPER_NAMES.contains(&word)
}

/// Name of a test that starts with a question word or pronoun, if line `number` declares one.
fn vague_test_name<'a>(text: &str, number: usize, line: &'a str) -> Option<&'a str> {
    let rest = line.trim_start();
    let rest = rest
        .strip_prefix("async ")
        .unwrap_or(rest)
        .strip_prefix("fn ")?;
    let name = rest.split('(').next()?;
    let first = name.split('_').next()?;
    let is_vague = VAGUE.iter().any(|word| word.eq_ignore_ascii_case(first)) && first != "one";
    let before = number.checked_sub(1)?;
    let is_test = text.lines().nth(before)?.trim_start().contains("test");
    (is_vague && is_test).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints_of(text: &str) -> Vec<String> {
        let mut package = Package::default();
        package.read("a.rs", text);
        package.complaints("a")
    }

    #[test]
    fn doc_comment_that_starts_with_a_pronoun_is_reported_with_its_line() {
        let complaints = complaints_of("fn a() {}\n/// What is kept.\nfn b() {}\n");
        assert_eq!(complaints[1], "a.rs:2: /// What is kept.");
        assert!(complaints_of("/// Returns the tags that are kept.\nfn b() {}\n").is_empty());
    }

    #[test]
    fn file_without_module_doc_is_reported_when_it_is_long() {
        let long = "fn a() {}\n".repeat(31);
        assert_eq!(complaints_of(&long).len(), 1);
        assert!(complaints_of(&format!("//! Counts.\n{long}")).is_empty());
    }

    #[test]
    fn log_line_in_upper_case_is_reported() {
        assert_eq!(complaints_of("warn!(\"Job failed\");").len(), 1);
        assert!(complaints_of("warn!(job, \"job failed\");\ninfo!(\"SQL is slow\");").is_empty());
    }

    #[test]
    fn test_named_by_a_question_word_is_reported() {
        let named = |name: &str| complaints_of(&format!("#[test]\nfn {name}() {{}}\n")).len();
        assert_eq!(named("what_is_kept_is_kept"), 1);
        assert_eq!(named("kept_entry_is_found_again"), 0);
    }
}
