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
	"eksnet/lab/process"
)

// etcdPort is the port of etcd inside the network namespace.
const etcdPort = 2379

// startControlPlane starts etcd, the API server and the controller manager.
func (l *Lab) startControlPlane(ctx context.Context) error {
	token, err := l.createSecrets()
	if err != nil {
		return err
	}
	for _, spec := range []process.Spec{l.etcd(), l.apiServer(token)} {
		if _, err := l.group.Start(ctx, spec); err != nil {
			return err
		}
	}
	l.config = &rest.Config{Host: fmt.Sprintf("https://127.0.0.1:%d", l.KubernetesPort), BearerToken: token, QPS: -1,
		TLSClientConfig: rest.TLSClientConfig{CAFile: l.path("pki", "apiserver.crt")}}
	if l.client, err = kubernetes.NewForConfig(l.config); err != nil {
		return err
	}
	if l.dynamic, err = dynamic.NewForConfig(l.config); err != nil {
		return err
	}
	l.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(l.client.Discovery()))
	if err := l.writeKubeconfig("kubeconfig", token); err != nil {
		return err
	}
	_, err = l.group.Start(ctx, l.controllerManager())
	l.logProgress("the API server is ready")
	return err
}

// path returns the path of a file in the lab's folder.
func (l *Lab) path(elements ...string) string {
	return filepath.Join(append([]string{l.Dir}, elements...)...)
}

// createSecrets creates the administrator's token and the key that signs tokens of service accounts.
func (l *Lab) createSecrets() (token string, err error) {
	if err := os.MkdirAll(l.path("pki"), 0o700); err != nil {
		return "", err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(l.path("pki", "service-accounts.key"), block, 0o600); err != nil {
		return "", err
	}
	random := make([]byte, 16)
	_, _ = rand.Read(random)
	token = hex.EncodeToString(random)
	return token, os.WriteFile(l.path("pki", "tokens.csv"), []byte(token+",administrator,administrator,system:masters\n"), 0o600)
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
func (l *Lab) apiServer(token string) process.Spec {
	key := l.path("pki", "service-accounts.key")
	return process.Spec{Name: build.APIServer, Path: l.Tools.Path(build.APIServer), Ready: l.apiServerReady(token),
		Args: []string{
			fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", etcdPort), fmt.Sprintf("--secure-port=%d", l.KubernetesPort),
			"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
			"--cert-dir=" + l.path("pki"), "--token-auth-file=" + l.path("pki", "tokens.csv"),
			"--authorization-mode=RBAC", "--allow-privileged",
			"--service-account-issuer=" + l.Stack.Cluster.Issuer, "--service-account-key-file=" + key, "--service-account-signing-key-file=" + key,
			"--service-cluster-ip-range=" + l.Stack.Cluster.ServiceCIDR,
			"--enable-aggregator-routing",                       // calls webhooks at pods' addresses: there is no kube-proxy
			"--disable-admission-plugins=TaintNodesByCondition", // nodes are ready from the start
		}}
}

// apiServerReady returns the readiness check, which reads the certificate that the API server generates.
func (l *Lab) apiServerReady(token string) func(context.Context) error {
	return func(ctx context.Context) error {
		client, err := rest.HTTPClientFor(&rest.Config{BearerToken: token, TLSClientConfig: rest.TLSClientConfig{CAFile: l.path("pki", "apiserver.crt")}})
		if err != nil {
			return err
		}
		defer client.CloseIdleConnections()
		return checkStatusOK(client, fmt.Sprintf("https://127.0.0.1:%d/readyz", l.KubernetesPort))(ctx)
	}
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
