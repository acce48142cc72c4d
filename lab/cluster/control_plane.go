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
	"slices"
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
	l.config = &rest.Config{Host: l.server(), BearerToken: l.token, QPS: -1, WarningHandler: rest.NoWarnings{},
		TLSClientConfig: rest.TLSClientConfig{CAFile: l.path("pki", authorityFile)}}
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

// createSecrets creates the API server's certificate, the tokens of users, and the key that signs tokens of service
// accounts.
func (l *Lab) createSecrets() (err error) {
	if l.authority, err = certificate.NewAuthority(); err != nil {
		return err
	}
	names, err := l.serverNames()
	if err != nil {
		return err
	}
	signed, private, err := l.authority.Issue(names...)
	if err != nil {
		return err
	}
	client, clientKey, err := l.authority.IssueClient("kube-apiserver-kubelet-client", "system:masters")
	if err != nil {
		return err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	users, err := l.createTokens()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(l.path("pki"), 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		authorityFile: l.authority.PEM, "apiserver.crt": signed, "apiserver.key": private,
		"kubelet-client.crt": client, "kubelet-client.key": clientKey,
		"service-accounts.key": pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
		"tokens.csv":           users,
	} {
		if err := os.WriteFile(l.path("pki", name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// serverNames returns the names and addresses of the API server.
func (l *Lab) serverNames() ([]string, error) {
	names := []string{"127.0.0.1", "localhost", "kubernetes.default.svc"}
	if !l.RunNodes {
		return names, nil
	}
	service, err := serviceAddress(l.Stack, kubernetesService)
	if err != nil {
		return nil, err
	}
	for _, i := range l.Stack.ControlPlaneInterfaces() {
		names = append(names, i.PrivateIP)
		if i.IPv6 != "" {
			names = append(names, i.IPv6)
		}
	}
	return append(names, service, "kubernetes", "kubernetes.default", "kubernetes.default.svc.cluster.local"), nil
}

// createTokens creates a token for each user, and returns the file from which the API server reads them.
func (l *Lab) createTokens() ([]byte, error) {
	l.tokens = map[string]string{}
	var file strings.Builder
	add := func(user, groups string) {
		random := make([]byte, 16)
		_, _ = rand.Read(random)
		l.tokens[user] = hex.EncodeToString(random)
		fmt.Fprintf(&file, "%s,%s,%s,%q\n", l.tokens[user], user, user, groups)
	}
	add(administrator, "system:masters")
	add(userResourceController, "")
	if l.RunNodes {
		add(userScheduler, "")
		for _, n := range l.Stack.Nodes {
			add(userOfNode(n.Name), "system:nodes")
		}
	}
	l.token = l.tokens[administrator]
	return []byte(file.String()), nil
}

// Users of the API server, as Kubernetes' default roles name them
// (kubernetes.io/docs/reference/access-authn-authz/rbac, "Core component roles").
const (
	administrator = "administrator"
	userScheduler = "system:kube-scheduler"
)

// userOfNode returns the user of a kubelet (kubernetes.io/docs/reference/access-authn-authz/node).
func userOfNode(name string) string { return "system:node:" + name }

func (l *Lab) etcd() process.Spec {
	url := fmt.Sprintf("http://127.0.0.1:%d", etcdPort)
	return process.Spec{Name: build.Etcd, Path: l.Tools.Path(build.Etcd), Ready: process.CheckStatusOK(http.DefaultClient, url+"/health"),
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
		Args: append(l.apiServerNodeArgs(),
			fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", etcdPort), fmt.Sprintf("--secure-port=%d", l.KubernetesPort),
			"--tls-cert-file="+l.path("pki", "apiserver.crt"), "--tls-private-key-file="+l.path("pki", "apiserver.key"), "--token-auth-file="+l.path("pki", "tokens.csv"),
			"--allow-privileged",
			"--service-account-issuer="+l.Stack.Cluster.Issuer, "--service-account-key-file="+key, "--service-account-signing-key-file="+key,
			"--service-cluster-ip-range="+l.Stack.Cluster.ServiceCIDR,
			"--endpoint-reconciler-type=none", // the lab writes its endpoints
			"--enable-aggregator-routing",     // calls webhooks at pods' addresses: there is no kube-proxy in the control plane
		)}
}

// apiServerNodeArgs returns the arguments that depend on whether nodes run. Nodes reach the API server at its network
// interface in the VPC, and their kubelets have only the permissions of nodes.
func (l *Lab) apiServerNodeArgs() []string {
	if !l.RunNodes {
		return []string{"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
			"--authorization-mode=RBAC", "--disable-admission-plugins=TaintNodesByCondition"} // nodes are ready from the start
	}
	return []string{"--bind-address=" + l.anyAddress(), "--advertise-address=" + l.apiServerAddress,
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--kubelet-preferred-address-types=InternalIP",
		"--kubelet-client-certificate=" + l.path("pki", "kubelet-client.crt"), "--kubelet-client-key=" + l.path("pki", "kubelet-client.key"),
		"--client-ca-file=" + l.path("pki", authorityFile)}
}

// anyAddress returns the address on which a server accepts connections to all of the cluster's addresses. That of IPv6
// also accepts IPv4.
func (l *Lab) anyAddress() string {
	if l.Stack.Cluster.IPv6 {
		return "::"
	}
	return "0.0.0.0"
}

// apiServerReady checks whether the API server is ready.
func (l *Lab) apiServerReady(ctx context.Context) error {
	client, err := rest.HTTPClientFor(&rest.Config{BearerToken: l.token, TLSClientConfig: rest.TLSClientConfig{CAFile: l.path("pki", authorityFile)}})
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return process.CheckStatusOK(client, l.server()+"/readyz")(ctx)
}

// enabledControllers are the Kubernetes controllers that create pods of Deployments, scale them to their autoscaler's
// minimum, create pods of Jobs and endpoints of Services, update disruption budgets, and delete dependent objects.
var enabledControllers = []string{"deployment-controller", "replicaset-controller", "endpoints-controller", "endpointslice-controller", "serviceaccount-controller",
	"horizontal-pod-autoscaler-controller", "disruption-controller", "job-controller",
	"namespace-controller", "garbage-collector-controller", "pod-garbage-collector-controller"}

// nodeControllers are those of nodes that run: taints and eviction by their conditions, the authority in each
// namespace, which pods need for their tokens, and the other controllers that create pods.
var nodeControllers = []string{"node-lifecycle-controller", "taint-eviction-controller", "root-ca-certificate-publisher-controller",
	"cronjob-controller", "ttl-after-finished-controller", "daemonset-controller", "statefulset-controller"}

func (l *Lab) controllerManager() process.Spec {
	controllers := enabledControllers
	if l.RunNodes {
		controllers = slices.Concat(controllers, nodeControllers)
	}
	return process.Spec{Name: build.ControllerManager, Path: l.Tools.Path(build.ControllerManager),
		Args: []string{"--kubeconfig=" + l.path("kubeconfig"), "--leader-elect=false", "--controllers=" + strings.Join(controllers, ","),
			"--root-ca-file=" + l.path("pki", authorityFile),
			"--kube-api-qps=200", "--kube-api-burst=400", "--horizontal-pod-autoscaler-sync-period=1s"}}
}
