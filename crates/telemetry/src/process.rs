//! Metrics of this process from the operating system, under the names that exporters agree on.

use std::fmt;

use prometheus_client::{collector::Collector, encoding::DescriptorEncoder};

/// Read for each scrape.
#[derive(Debug)]
pub(crate) struct ProcessMetrics;

impl Collector for ProcessMetrics {
    #[cfg(target_os = "linux")]
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        match linux::ProcessStat::read() {
            Ok(metrics) => metrics.write(&mut encoder.into()),
            Err(error) => {
                tracing::debug!(%error, "the system tells nothing of this process");
                Ok(())
            }
        }
    }

    /// Only Linux tells it by files.
    #[cfg(not(target_os = "linux"))]
    fn encode(&self, _: DescriptorEncoder<'_>) -> fmt::Result {
        Ok(())
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{fmt, fs};

    use procfs_core::{
        FromRead, ProcResult,
        process::{LimitValue, Limits, Stat, Status},
    };

    use crate::Sheet;

    /// Unit of processor time that the kernel reports to programs, whatever it uses inside.
    const TICKS_PER_SECOND: f64 = 100.0;

    pub(super) struct ProcessStat {
        cpu_seconds: f64,
        resident_bytes: u64,
        virtual_bytes: u64,
        threads: u64,
        open_files: usize,
        most_files: Option<u64>,
        started_at: f64,
    }

    impl ProcessStat {
        pub(super) fn read() -> ProcResult<Self> {
            let stat = Stat::from_file("/proc/self/stat")?;
            let status = Status::from_file("/proc/self/status")?;
            let limits = Limits::from_file("/proc/self/limits")?;
            let most_files = match limits.max_open_files.soft_limit {
                LimitValue::Value(files) => Some(files),
                LimitValue::Unlimited => None,
            };
            let bytes = |kilobytes: Option<u64>| kilobytes.unwrap_or(0) * 1_024;
            Ok(Self {
                cpu_seconds: (stat.utime + stat.stime) as f64 / TICKS_PER_SECOND,
                resident_bytes: bytes(status.vmrss),
                virtual_bytes: bytes(status.vmsize),
                threads: status.threads,
                open_files: fs::read_dir("/proc/self/fd")?.count(),
                most_files,
                started_at: booted_at()? + stat.starttime as f64 / TICKS_PER_SECOND,
            })
        }

        pub(super) fn write(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
            sheet.counter(
                "process_cpu_seconds",
                "Processor time that the process took.",
                self.cpu_seconds,
            )?;
            sheet.gauge(
                "process_resident_memory_bytes",
                "Memory that the process holds.",
                self.resident_bytes,
            )?;
            sheet.gauge(
                "process_virtual_memory_bytes",
                "Addresses that the process holds.",
                self.virtual_bytes,
            )?;
            sheet.gauge("process_threads", "Threads of the process.", self.threads)?;
            sheet.gauge(
                "process_open_fds",
                "Open file descriptors, connections included.",
                self.open_files,
            )?;
            if let Some(most) = self.most_files {
                sheet.gauge(
                    "process_max_fds",
                    "File descriptors that the process may open.",
                    most,
                )?;
            }
            sheet.gauge(
                "process_start_time_seconds",
                "When the process started, in seconds since 1970 UTC.",
                self.started_at,
            )
        }
    }

    /// Boot time of the machine, in seconds since 1970 UTC.
    fn booted_at() -> ProcResult<f64> {
        let stat = fs::read_to_string("/proc/stat")?;
        let line = stat.lines().find_map(|line| line.strip_prefix("btime "));
        Ok(line
            .and_then(|time| time.trim().parse().ok())
            .unwrap_or(0.0))
    }
}
