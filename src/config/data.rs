//! Settings of the data folder.
//!
//! | key | variable | default |
//! |---|---|---|
//! | `data.dir` | `SOUK_DATA_DIR` | `./data` |

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Settings of the data folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DataConfig {
    /// The data folder: embedded database, index and the generated admin key.
    pub dir: PathBuf,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("./data"),
        }
    }
}

impl DataConfig {
    /// The embedded database's file.
    pub fn database_file(&self) -> PathBuf {
        self.dir.join("souk.db")
    }

    /// The embedded index's folder.
    pub fn index_dir(&self) -> PathBuf {
        self.dir.join("index")
    }

    /// The generated admin key's file.
    pub fn admin_key_file(&self) -> PathBuf {
        self.dir.join("admin-key")
    }

    /// The file that is there while the demo marketplace is being made.
    pub fn demo_mark(&self) -> PathBuf {
        self.dir.join("demo-unfinished")
    }

    /// The file that remembers what is asked most, where no Redis does.
    pub fn hottest_file(&self) -> PathBuf {
        self.dir.join("hot_keys")
    }

    /// The file whose lock says that a process serves from this folder.
    pub fn lock_file(&self) -> PathBuf {
        self.dir.join("lock")
    }
}
