//! Connections: plain on the loopback, or with TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use ehr_crypto::tls::{self, rustls::ServerConfig};
use examples::export::Failure;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::routes;
use crate::viewer::Viewer;

/// A browser that has not agreed on TLS by then is not one.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Connections that have agreed and wait to be served.
const WAITING: usize = 64;
/// How often sessions are looked at, so that keys are wiped when time is up and not at the next request.
const SWEEP: Duration = Duration::from_millis(500);

/// Serves until Ctrl+C.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    viewer: Arc<Viewer>,
) -> Result<(), Failure> {
    let sweeper = tokio::spawn(sweep(Arc::clone(&viewer)));
    let router: Router = routes::router(viewer);
    match tls {
        None => {
            axum::serve(listener, router)
                .with_graceful_shutdown(interrupted())
                .await?
        }
        Some(config) => {
            let listener = TlsListener::new(listener, config)?;
            axum::serve(listener, router)
                .with_graceful_shutdown(interrupted())
                .await?;
        }
    }
    sweeper.abort();
    Ok(())
}

async fn sweep(viewer: Arc<Viewer>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        viewer.sessions.sweep();
    }
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without the signal the program ends by being killed.
        std::future::pending::<()>().await;
    }
}

/// Accepts connections and agrees on TLS beside each other, so that a slow one holds nobody up.
struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    fn new(listener: TcpListener, config: Arc<ServerConfig>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(WAITING);
        let acceptor = TlsAcceptor::from(config);
        tokio::spawn(async move {
            let mut listener = listener;
            loop {
                let (stream, peer) = Listener::accept(&mut listener).await;
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    if let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(stream)).await
                        && tls::check_connection(stream.get_ref().1).is_ok()
                    {
                        // Nobody waits for it once the server ends.
                        let _ = sender.send((stream, peer)).await;
                    }
                });
            }
        });
        Ok(TlsListener { ready, address })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}
