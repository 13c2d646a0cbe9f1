//! Documents in a bucket that speaks the S3 API.

use super::{DocumentStore, Key, StoreError};
use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_http_client::{Builder, tls};
use std::fmt;
use std::fs::File;
use std::io::{self, Seek};
use tokio::io::AsyncSeekExt;

/// Which bucket, where, as whom.
#[derive(Clone)]
pub struct S3Config {
    /// `None` for Amazon's own.
    pub endpoint: Option<String>,
    pub region: String,
    pub bucket: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    /// Names the bucket in the path, as most self-hosted servers want it.
    pub path_style: bool,
}

impl fmt::Debug for S3Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, region, bucket, access_key_id: _, secret_access_key: _, path_style } = self;
        f.debug_struct("S3Config")
            .field("endpoint", endpoint)
            .field("region", region)
            .field("bucket", bucket)
            .field("path_style", path_style)
            .finish_non_exhaustive()
    }
}

/// A bucket of documents.
#[derive(Clone, Debug)]
pub struct S3 {
    client: Client,
    bucket: String,
}

impl S3 {
    pub fn new(config: S3Config) -> Self {
        // The SDK's own choice of TLS would bring a second crypto library into the program.
        let http = Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https();
        let credentials = Credentials::new(config.access_key_id, config.secret_access_key, None, None, "alur");
        let mut builder = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(config.region))
            .force_path_style(config.path_style)
            .credentials_provider(credentials)
            .http_client(http);
        if let Some(endpoint) = config.endpoint {
            builder = builder.endpoint_url(endpoint);
        }
        Self { client: Client::from_conf(builder.build()), bucket: config.bucket }
    }
}

impl S3 {
    async fn put_stream(&self, key: Key, stream: ByteStream) -> Result<Key, StoreError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key.to_string()).if_none_match("*").body(stream).send().await;
        match put {
            Ok(_) => Ok(key),
            // It is there already, with the same content.
            Err(error) if status(&error) == Some(412) => Ok(key),
            Err(error) => Err(failed(error)),
        }
    }

    async fn object(&self, key: &Key) -> Result<ByteStream, StoreError> {
        let got = self.client.get_object().bucket(&self.bucket).key(key.to_string()).send().await;
        match got {
            Ok(object) => Ok(object.body),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => Err(StoreError::NotFound(key.clone())),
            Err(error) => Err(failed(error)),
        }
    }
}

#[async_trait]
impl DocumentStore for S3 {
    async fn put(&self, bytes: Vec<u8>) -> Result<Key, StoreError> {
        self.put_stream(Key::of(&bytes), ByteStream::from(bytes)).await
    }

    async fn put_file(&self, mut file: File) -> Result<Key, StoreError> {
        let (key, file) = tokio::task::spawn_blocking(move || {
            file.rewind()?;
            let key = Key::of_file(&mut file)?;
            file.rewind()?;
            Ok::<_, io::Error>((key, file))
        })
        .await
        .map_err(io::Error::other)??;
        let stream = ByteStream::read_from().file(tokio::fs::File::from_std(file)).build().await;
        self.put_stream(key, stream.map_err(|error| StoreError::Bucket(error.into()))?).await
    }

    async fn get_file(&self, key: &Key) -> Result<File, StoreError> {
        let mut object = self.object(key).await?.into_async_read();
        let mut file = tokio::fs::File::from_std(tempfile::tempfile()?);
        tokio::io::copy(&mut object, &mut file).await?;
        file.rewind().await?;
        Ok(file.into_std().await)
    }

    async fn get(&self, key: &Key) -> Result<Vec<u8>, StoreError> {
        Ok(self.object(key).await?.collect().await.map_err(|error| StoreError::Bucket(error.into()))?.to_vec())
    }

    async fn exists(&self, key: &Key) -> Result<bool, StoreError> {
        match self.client.head_object().bucket(&self.bucket).key(key.to_string()).send().await {
            Ok(_) => Ok(true),
            Err(error) if status(&error) == Some(404) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    async fn remove(&self, key: &Key) -> Result<(), StoreError> {
        match self.client.delete_object().bucket(&self.bucket).key(key.to_string()).send().await {
            Err(error) if status(&error) != Some(404) => Err(failed(error)),
            _ => Ok(()),
        }
    }
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

fn failed<E: std::error::Error + Send + Sync + 'static>(error: SdkError<E>) -> StoreError {
    StoreError::Bucket(error.into())
}
