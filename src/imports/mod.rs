//! Imports over the admin API: uploaded files, their previews, and the worker that runs them.

mod cleanup;
mod failure;
mod files;
mod preview;
mod runner;
mod service;
mod upload;
mod watcher;

pub use self::{
    failure::message,
    files::ImportFiles,
    preview::{PREVIEW_ROWS, Preview, PreviewError},
    runner::ImportRunner,
    service::ImportService,
    upload::{Received, Upload, UploadError},
};
