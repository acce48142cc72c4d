package cluster

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"eksnet/lab/build"
	"eksnet/lab/certificate"
	"eksnet/lab/process"
)

// etcdPort is the port of etcd inside the network namespace.
const etcdPort = 2379

// startControlPlane starts etcd, the API server and the controller manager.
func (l *Lab) startControlPlane(ctx context.Context) error {
	for _, spec := range []process.Spec{l.etcd(), l.apiServer()} {
		if err := l.startControlPlaneProcess(ctx, spec); err != nil {
			return err
		}
	}
	if err := l.connect(); err != nil {
		return err
	}
	if err := l.writeKubeconfig("kubeconfig", l.token); err != nil {
		return err
	}
	l.logProgress("the API server is ready")
	return l.startControlPlaneProcess(ctx, l.controllerManager())
}

func (l *Lab) startControlPlaneProcess(ctx context.Context, spec process.Spec) error {
	p, err := l.group.Start(ctx, spec)
	if p != nil {
		l.controlPlane = append(l.controlPlane, p)
	}
	return err
}

// connect sets the administrator's clients of the API server.
func (l *Lab) connect() (err error) {
	l.config = &rest.Config{Host: l.server(), BearerToken: l.token, QPS: -1, TLSClientConfig: rest.TLSClientConfig{CAFile: l.path("pki", authorityFile)}}
	if l.client, err = kubernetes.NewForConfig(l.config); err != nil {
		return err
	}
	if l.dynamic, err = dynamic.NewForConfig(l.config); err != nil {
		return err
	}
	l.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(l.client.Discovery()))
	return nil
}

// server returns the URL of the API server.
func (l *Lab) server() string { return fmt.Sprintf("https://127.0.0.1:%d", l.KubernetesPort) }

// path returns the path of a file in the lab's folder.
func (l *Lab) path(elements ...string) string {
	return filepath.Join(append([]string{l.Dir}, elements...)...)
}

// authorityFile is the certificate authority of the API server's certificate.
const authorityFile = "authority.crt"

// createSecrets creates the API server's certificate, the administrator's token, and the key that signs tokens of
// service accounts.
func (l *Lab) createSecrets() error {
	authority, err := certificate.NewAuthority()
	if err != nil {
		return err
	}
	signed, private, err := authority.Issue("127.0.0.1", "localhost", "kubernetes.default.svc")
	if err != nil {
		return err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	random := make([]byte, 16)
	_, _ = rand.Read(random)
	l.token = hex.EncodeToString(random)
	if err := os.MkdirAll(l.path("pki"), 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		authorityFile: authority.PEM, "apiserver.crt": signed, "apiserver.key": private,
		"service-accounts.key": pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
		"tokens.csv":           []byte(l.token + ",administrator,administrator,system:masters\n"),
	} {
		if err := os.WriteFile(l.path("pki", name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lab) etcd() process.Spec {
	url := fmt.Sprintf("http://127.0.0.1:%d", etcdPort)
	return process.Spec{Name: build.Etcd, Path: l.Tools.Path(build.Etcd), Ready: checkStatusOK(http.DefaultClient, url+"/health"),
		Args: []string{"--data-dir=" + l.path("etcd"), "--listen-client-urls=" + url, "--advertise-client-urls=" + url,
			"--listen-peer-urls=http://127.0.0.1:0",
			"--unsafe-no-fsync", // no data outlives the lab
			"--log-level=warn"}}
}

// apiServer returns the spec of an API server that is like EKS's for controllers: its version, its issuer, and calls of
// webhooks at their pods' addresses.
func (l *Lab) apiServer() process.Spec {
	key := l.path("pki", "service-accounts.key")
	return process.Spec{Name: build.APIServer, Path: l.Tools.Path(build.APIServer), Ready: l.apiServerReady,
		Args: []string{
			fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", etcdPort), fmt.Sprintf("--secure-port=%d", l.KubernetesPort),
			"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
			"--tls-cert-file=" + l.path("pki", "apiserver.crt"), "--tls-private-key-file=" + l.path("pki", "apiserver.key"), "--token-auth-file=" + l.path("pki", "tokens.csv"),
			"--authorization-mode=RBAC", "--allow-privileged",
			"--service-account-issuer=" + l.Stack.Cluster.Issuer, "--service-account-key-file=" + key, "--service-account-signing-key-file=" + key,
			"--service-cluster-ip-range=" + l.Stack.Cluster.ServiceCIDR,
			"--enable-aggregator-routing",                       // calls webhooks at pods' addresses: there is no kube-proxy
			"--disable-admission-plugins=TaintNodesByCondition", // nodes are ready from the start
		}}
}

// apiServerReady checks whether the API server is ready.
func (l *Lab) apiServerReady(ctx context.Context) error {
	client, err := rest.HTTPClientFor(&rest.Config{BearerToken: l.token, TLSClientConfig: rest.TLSClientConfig{CAFile: l.path("pki", authorityFile)}})
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return checkStatusOK(client, l.server()+"/readyz")(ctx)
}

// enabledControllers are the Kubernetes controllers that create pods of Deployments, scale them to their autoscaler's
// minimum, create endpoints of Services, update disruption budgets, and delete dependent objects.
var enabledControllers = []string{"deployment-controller", "replicaset-controller", "endpoints-controller", "endpointslice-controller", "serviceaccount-controller",
	"horizontal-pod-autoscaler-controller", "disruption-controller",
	"namespace-controller", "garbage-collector-controller", "pod-garbage-collector-controller"}

func (l *Lab) controllerManager() process.Spec {
	return process.Spec{Name: build.ControllerManager, Path: l.Tools.Path(build.ControllerManager),
		Args: []string{"--kubeconfig=" + l.path("kubeconfig"), "--leader-elect=false", "--controllers=" + strings.Join(enabledControllers, ","),
			"--kube-api-qps=200", "--kube-api-burst=400", "--horizontal-pod-autoscaler-sync-period=1s"}}
}
