// Package repository serves Helm charts at every https:// address, without a network: an HTTP proxy that connects each
// host to one server, with a certificate for that host.
package repository

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"

	"eksnet/lab/certificate"
)

// Repository is a running repository.
type Repository struct {
	// Proxy is the URL of the proxy, for HTTPS_PROXY.
	Proxy string
	// Authority is the file with the certificate authority of its certificates, for SSL_CERT_FILE.
	Authority string

	server string // the address of the repository itself
}

// Serve packs the charts in the folders of a folder with helm, and serves them until ctx ends. It keeps its files in
// dir.
func Serve(ctx context.Context, helm, charts, dir string) (*Repository, error) {
	files := filepath.Join(dir, "files")
	if err := pack(ctx, helm, charts, files); err != nil {
		return nil, err
	}
	authority, err := certificate.NewAuthority()
	if err != nil {
		return nil, fmt.Errorf("chart repository: %w", err)
	}
	r := &Repository{Authority: filepath.Join(dir, "authority.crt")}
	if err := os.WriteFile(r.Authority, authority.PEM, 0o644); err != nil {
		return nil, fmt.Errorf("chart repository: %w", err)
	}
	// The index has relative addresses, so each file is served in every folder.
	serve := func(w http.ResponseWriter, request *http.Request) {
		http.ServeFile(w, request, filepath.Join(files, path.Base(request.URL.Path)))
	}
	repository := &http.Server{Handler: http.HandlerFunc(serve), TLSConfig: &tls.Config{GetCertificate: issuer(authority)}}
	if r.server, err = listen(ctx, repository); err != nil {
		return nil, err
	}
	proxy, err := listen(ctx, &http.Server{Handler: http.HandlerFunc(r.connect)})
	r.Proxy = "http://" + proxy
	return r, err
}

// issuer returns a function that issues a certificate for the host of a request.
func issuer(authority *certificate.Authority) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		signed, key, err := authority.Issue(hello.ServerName)
		if err != nil {
			return nil, err
		}
		pair, err := tls.X509KeyPair(signed, key)
		return &pair, err
	}
}

// pack writes the archives of the charts and the index of the repository into a folder.
func pack(ctx context.Context, helm, charts, into string) error {
	if err := os.MkdirAll(into, 0o755); err != nil {
		return fmt.Errorf("chart repository: %w", err)
	}
	folders, err := filepath.Glob(filepath.Join(charts, "*", "Chart.yaml"))
	if err != nil {
		return fmt.Errorf("chart repository: %w", err)
	}
	if len(folders) == 0 {
		return fmt.Errorf("chart repository: no chart in %s", charts)
	}
	var commands [][]string
	for _, description := range folders {
		commands = append(commands, []string{"package", filepath.Dir(description), "--destination", into})
	}
	for _, args := range append(commands, []string{"repo", "index", into}) {
		command := exec.CommandContext(ctx, helm, args...)
		command.Env = []string{"HOME=" + filepath.Dir(into)}
		if said, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("chart repository: helm %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(said)))
		}
	}
	return nil
}

// listen serves on a free port of 127.0.0.1 until ctx ends, and returns the address.
func listen(ctx context.Context, server *http.Server) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("chart repository: %w", err)
	}
	server.ErrorLog, server.ReadHeaderTimeout = log.New(io.Discard, "", 0), 10*time.Second
	context.AfterFunc(ctx, func() { server.Close() })
	go func() {
		if server.TLSConfig != nil {
			_ = server.ServeTLS(listener, "", "")
		} else {
			_ = server.Serve(listener)
		}
	}()
	return listener.Addr().String(), nil
}

// connect connects a client to the repository, whatever host it requests.
func (r *Repository) connect(w http.ResponseWriter, request *http.Request) {
	if request.Method != http.MethodConnect {
		http.Error(w, fmt.Sprintf("the lab has no network: its proxy serves charts at https:// addresses only, not %s", request.URL), http.StatusForbidden)
		return
	}
	server, err := net.Dial("tcp", r.server)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer server.Close()
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	go func() { _, _ = io.Copy(server, client); server.Close() }()
	_, _ = io.Copy(client, server)
}
