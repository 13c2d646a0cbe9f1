//! An S3 server in this process, on a folder that goes away with it.

use api::config::Storage;
use std::path::PathBuf;
use tempfile::TempDir;
use worker::documents::S3Config;

const NAME: &str = "berkas";

pub struct Bucket {
    pub config: S3Config,
    folder: TempDir,
}

impl Bucket {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("make a folder");
        std::fs::create_dir(folder.path().join(NAME)).expect("make a bucket");
        let mut builder = s3s::service::S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).expect("open the folder"));
        builder.set_auth(s3s::auth::SimpleAuth::from_single("key", "secret"));
        let service = builder.build();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bind a port");
        let endpoint = Some(format!("http://{}", listener.local_addr().expect("read the port")));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let io = hyper_util::rt::TokioIo::new(stream);
                    hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new()).serve_connection(io, service).await
                });
            }
        });
        let config = S3Config {
            endpoint,
            region: "ap-southeast-3".into(),
            bucket: NAME.into(),
            access_key_id: "key".into(),
            secret_access_key: "secret".into(),
            path_style: true,
        };
        Self { config, folder }
    }

    /// The settings of a program that keeps its documents here.
    pub fn settings(&self) -> Storage {
        let S3Config { endpoint, region, bucket, access_key_id, secret_access_key, .. } = self.config.clone();
        let (access_key, secret_key) = (Some(access_key_id), Some(secret_access_key));
        Storage { bucket: Some(bucket), region: Some(region), endpoint, access_key, secret_key, ..Storage::default() }
    }

    /// Where an object lies on the disk.
    pub fn file(&self, key: &str) -> PathBuf {
        self.folder.path().join(NAME).join(key)
    }
}
