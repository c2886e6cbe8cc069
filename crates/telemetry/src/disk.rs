//! Metrics of the disk under a folder.

use std::{fmt, path::PathBuf};

use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, registry::Registry};
use rustix::fs::statvfs;

use crate::Sheet;

/// Free and total space of the disk under a folder.
#[derive(Debug)]
pub struct DiskMetrics(PathBuf);

impl DiskMetrics {
    /// Has it told. While there is no such folder, there is nothing to tell.
    pub fn register(folder: PathBuf, registry: &mut Registry) {
        registry.register_collector(Box::new(Self(folder)));
    }
}

impl Collector for DiskMetrics {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Ok(disk) = statvfs(&self.0) else {
            return Ok(());
        };
        let mut sheet = Sheet::from(encoder);
        sheet.gauge(
            "disk_bytes",
            "Size of the disk that the data folder is on.",
            disk.f_blocks * disk.f_frsize,
        )?;
        sheet.gauge(
            "disk_free_bytes",
            "What of it Souk may still fill.",
            disk.f_bavail * disk.f_frsize,
        )
    }
}
