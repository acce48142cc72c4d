package build

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Tools holds the paths of the lab's programs and of the files that they read.
type Tools struct {
	// Bin is the folder of the programs.
	Bin string
	// Charts is the folder of the Helm charts, each in a folder with its name.
	Charts string
	// Provider is Pulumi's Kubernetes provider, "" unless PrepareProvider built it.
	Provider string
	// CNI is the program that configures nodes' networks with AWS's CNI code, "" unless PrepareNodes built it.
	CNI string
	// CNIManifests are the files with the objects that EKS installs for it.
	CNIManifests []string
	// CoreDNS is CoreDNS, "" unless PrepareNodes built it.
	CoreDNS string
	// ExternalDNS is ExternalDNS, "" unless PrepareExternalDNS built it.
	ExternalDNS string
	// Istiod is Istio's control plane, which also runs in the place of proxies, "" unless PrepareIstiod built it.
	Istiod string
	// ResourceController is EKS's VPC resource controller, "" unless PrepareResourceController built it.
	ResourceController string
	// ResourceManifests are the files with the objects that EKS creates for it.
	ResourceManifests []string
	// Machine is the folder to put first on PATH for the programs of nodes, such as iptables. It is "" if they are on
	// PATH already, or if PrepareNodes was not called.
	Machine string
	// Python is the interpreter with moto; Moto is the script that starts moto.
	Python, Moto string
}

// Names of the programs in Tools.Bin.
const (
	Etcd                   = "etcd"
	APIServer              = "kube-apiserver"
	ControllerManager      = "kube-controller-manager"
	CloudController        = "aws-cloud-controller-manager"
	LoadBalancerController = "aws-load-balancer-controller"
	Helm                   = "helm"
	Kubectl                = "kubectl"
	Kubelet                = "kubelet"
	KubeProxy              = "kube-proxy"
	Scheduler              = "kube-scheduler"
	Agnhost                = "agnhost"
)

// ExternalDNS is the name of ExternalDNS's image, of its chart and of its process.
const ExternalDNS = "external-dns"

// Istiod is the name of istiod's chart, of the label of its pods and of its process. Pilot is its image, and ProxyV2
// that of proxies.
const (
	Istiod  = "istiod"
	Pilot   = "pilot"
	ProxyV2 = "proxyv2"
)

// Path returns the path of a program.
func (t *Tools) Path(program string) string { return filepath.Join(t.Bin, program) }

// Prepare builds and installs what is missing. module is the folder lab/ of the checkout, cache the lab's own folder.
// Progress is written to out.
func Prepare(ctx context.Context, module, cache string, out io.Writer) (*Tools, error) {
	// Moto first: a missing Python is reported before the long build.
	t, err := PrepareMoto(ctx, module, cache, out)
	if err != nil {
		return nil, err
	}
	unlock, err := lock(cache)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return t, t.compile(ctx, module, cache, newProgress(out))
}

// PrepareMoto installs moto if it is missing. The other programs of the tools are not built.
func PrepareMoto(ctx context.Context, module, cache string, out io.Writer) (*Tools, error) {
	unlock, err := lock(cache)
	if err != nil {
		return nil, err
	}
	defer unlock()
	t := &Tools{Moto: filepath.Join(module, "moto", "serve.py")}
	return t, t.installMoto(ctx, module, cache, newProgress(out))
}

// PrepareProvider builds Pulumi's Kubernetes provider if it is missing.
func (t *Tools) PrepareProvider(ctx context.Context, module, cache string, out io.Writer) error {
	unlock, err := lock(cache)
	if err != nil {
		return err
	}
	defer unlock()
	return t.compileProvider(ctx, module, cache, newProgress(out))
}

// PrepareExternalDNS builds ExternalDNS if it is missing. It has a module of its own, and only few stacks have it.
func (t *Tools) PrepareExternalDNS(ctx context.Context, module, cache string, out io.Writer) error {
	unlock, err := lock(cache)
	if err != nil {
		return err
	}
	defer unlock()
	t.ExternalDNS, err = compileModule(ctx, filepath.Join(module, "externaldns"), cache, "ExternalDNS", "5 to 15 minutes", newProgress(out))
	return err
}

// PrepareIstiod builds istiod if it is missing. It has a module of its own, and only stacks with a mesh have it.
func (t *Tools) PrepareIstiod(ctx context.Context, module, cache string, out io.Writer) error {
	unlock, err := lock(cache)
	if err != nil {
		return err
	}
	defer unlock()
	t.Istiod, err = compileModule(ctx, filepath.Join(module, "istiod"), cache, "istiod", "10 to 25 minutes", newProgress(out))
	return err
}

// PrepareNodes builds and installs what nodes need if it is missing.
func (t *Tools) PrepareNodes(ctx context.Context, module, cache string, out io.Writer) error {
	unlock, err := lock(cache)
	if err != nil {
		return err
	}
	defer unlock()
	p := newProgress(out)
	// The machine first: a missing program is reported before the build.
	if err := t.prepareMachine(ctx, cache, p); err != nil {
		return err
	}
	return t.compileNodePrograms(ctx, module, cache, p)
}

// lock waits until no other process builds in the folder.
func lock(cache string) (unlock func(), err error) {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(cache, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX); err != nil {
		return nil, fmt.Errorf("cache: lock %s: %w", file.Name(), err)
	}
	return func() { file.Close() }, nil
}
