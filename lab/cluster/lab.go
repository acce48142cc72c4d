package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"eksnet/lab/account"
	"eksnet/lab/build"
	"eksnet/lab/certificate"
	"eksnet/lab/fabric"
	"eksnet/lab/node"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
)

// Options are the options of a lab.
type Options struct {
	Stack *rehearsed.Stack
	Tools *build.Tools
	// Dir is the lab's folder; files of an earlier lab are removed.
	Dir string
	// Results is the folder for results of measurements, which outlive the lab.
	Results string
	// KubernetesPort and AWSPort are the ports on 127.0.0.1 of the API server and moto.
	KubernetesPort, AWSPort int
	// RunNodes runs the programs of nodes in network namespaces that carry packets. Without it the lab sets the status
	// of nodes and pods.
	RunNodes bool
	// ProxyMode is the mode of their kube-proxies, such as ModeIPTables; "" is that of the stack.
	ProxyMode string
	// AccountSettings are environment variables that lab/moto/account_checks.py reads.
	AccountSettings []string
	// Self is the path of this program, which also runs in containers.
	Self string
	// Progress is where progress is written, in lines.
	Progress io.Writer
}

// Lab is a running cluster.
type Lab struct {
	Options
	account *account.Account
	group   *process.Group
	began   time.Time

	authority    *certificate.Authority
	tokens       map[string]string // by user
	token        string            // the administrator's
	controlPlane []*process.Process
	config       *rest.Config
	client       kubernetes.Interface
	dynamic      dynamic.Interface
	mapper       *restmapper.DeferredDiscoveryRESTMapper
	controllers  []*controller // of simulated nodes
	jobs         *jobRunner
	leaving      atomic.Pointer[[]account.Node] // simulated nodes that are drained
	agentURL     string                         // of the credentials of EKS Pod Identity, with simulated nodes
	// With simulated nodes: whether aws-node requests trunk interfaces, and the branch interfaces of nodes by name.
	wantsTrunks    atomic.Bool
	branchCapacity atomic.Pointer[map[string]int]
	// These are set with RunNodes.
	controlPlaneAddress string
	apiServerAddress    string // as nodes know it, of the family of the cluster
	updatingNetwork     sync.Mutex
	network             *fabric.Network
	networkInterfaces   atomic.Pointer[[]fabric.Interface]
	clientAddress       netip.Addr
	clientIPv6          netip.Addr // invalid in a VPC without IPv6
	balancers           loadBalancers
	hostsMounted        bool
	machineHosts        []byte // the machine's /etc/hosts
	hostNames           string // that of the lab
	nodes               []*node.Node
	suspended           sync.Map // the names of stopped controllers
	names               atomic.Pointer[names]
}

// Start starts all programs in the current network namespace, which should have only a loopback interface, and creates
// the stack's objects. The returned context is canceled when the lab fails, with the reason as its cause. If Start
// returns an error, no process is left running.
func Start(ctx context.Context, o Options) (*Lab, context.Context, error) {
	l, ctx, err := newLab(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	for _, step := range []func(context.Context) error{func(context.Context) error { return l.createSecrets() }, l.setUpNetwork, l.startBase, l.startControllers, l.createObjects} {
		if err = step(ctx); err != nil {
			break
		}
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause // the reason, and not its consequence
		}
		_ = l.Stop(ctx)
		return nil, nil, err
	}
	go l.followRecords(ctx)
	return l, ctx, nil
}

// newLab returns a lab without processes, in an empty folder. The context is canceled when one of its processes ends
// unexpectedly.
func newLab(ctx context.Context, o Options) (*Lab, context.Context, error) {
	if err := os.RemoveAll(o.Dir); err != nil {
		return nil, nil, fmt.Errorf("the lab's folder: %w", err)
	}
	group, ctx, err := process.NewGroup(ctx, filepath.Join(o.Dir, "logs"))
	if err != nil {
		return nil, nil, err
	}
	l := &Lab{Options: o, group: group, began: time.Now()}
	l.jobs = &jobRunner{lab: l}
	if o.RunNodes {
		interfaces := o.Stack.ControlPlaneInterfaces()
		if len(interfaces) == 0 {
			return nil, nil, fmt.Errorf("stack %s has no network interface of the control plane", o.Stack.Name)
		}
		l.controlPlaneAddress, l.apiServerAddress = interfaces[0].PrivateIP, interfaces[0].PrivateIP
		if o.Stack.Cluster.IPv6 {
			l.apiServerAddress = interfaces[0].IPv6
		}
	}
	return l, ctx, nil
}

// setUpNetwork makes every address of the VPC local: the API server calls the controller's webhooks at its pods'
// addresses.
func (l *Lab) setUpNetwork(context.Context) error {
	if l.RunNodes {
		return errors.Join(process.SetUpLoopback(), l.setUpHostNames())
	}
	vpc := l.Stack.Network.VPC
	ranges := append([]string{vpc.CIDR}, vpc.MoreCIDRs...)
	if vpc.IPv6CIDR != "" {
		ranges = append(ranges, vpc.IPv6CIDR)
	}
	return process.SetUpLoopback(ranges...)
}

// startBase starts AWS and the control plane in parallel.
func (l *Lab) startBase(ctx context.Context) error {
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return l.startAWS(ctx) })
	both.Go(func() error { return l.startControlPlane(ctx) })
	if err := both.Wait(); err != nil {
		return err
	}
	return l.writeEnvironment()
}

// startControllers creates the nodes and starts kubelet and cloud controller.
func (l *Lab) startControllers(ctx context.Context) error {
	if err := l.createNodes(ctx); err != nil {
		return err
	}
	if l.RunNodes {
		if err := l.runNodes(ctx); err != nil {
			return err
		}
		return l.startCloudController(ctx)
	}
	configuration, err := l.Stack.CNI()
	if err != nil {
		return err
	}
	l.setWantsTrunks(configuration)
	if err := errors.Join(l.startPodIdentityAgent(ctx), l.startResourceController(ctx)); err != nil {
		return err
	}
	l.controllers = l.newControllers()
	go l.runKubelet(ctx)
	return l.startCloudController(ctx)
}

// logProgress prints a line of progress with the elapsed time.
func (l *Lab) logProgress(format string, values ...any) {
	fmt.Fprintf(l.Progress, "%5.1f s  %s\n", time.Since(l.began).Seconds(), fmt.Sprintf(format, values...))
}

// Account returns the stack's account in moto.
func (l *Lab) Account() *account.Account { return l.account }

// Kubernetes returns the administrator's client configuration of the API server.
func (l *Lab) Kubernetes() *rest.Config { return rest.CopyConfig(l.config) }

// Log returns the current log of a process: etcd, kube-apiserver, kube-controller-manager,
// aws-cloud-controller-manager, aws-load-balancer-controller, external-dns, istiod, vpc-resource-controller,
// moto or helm.
func (l *Lab) Log(process string) (string, error) {
	if l.RunNodes && slices.Contains([]string{build.LoadBalancerController, build.ExternalDNS, build.Istiod}, process) {
		return l.controllerLog(context.Background(), process)
	}
	content, err := os.ReadFile(l.group.Log(process))
	return string(content), err
}

// StopController stops the process of a controller: aws-load-balancer-controller, external-dns or istiod. Its pods are
// not ready then; the objects of its release are not deleted.
func (l *Lab) StopController(ctx context.Context, name string) error {
	if l.RunNodes {
		return l.stopControllerPods(ctx, name)
	}
	for _, c := range l.controllers {
		if c.name == name {
			c.stop()
		}
	}
	return nil
}

// StartController starts the process again and waits until it is ready.
func (l *Lab) StartController(ctx context.Context, name string) error {
	if l.RunNodes {
		return l.startControllerPods(ctx, name)
	}
	for _, c := range l.controllers {
		if c.name == name {
			return c.resume(ctx)
		}
	}
	return fmt.Errorf("the lab has no controller %s", name)
}

// Stop stops all processes, those of the nodes in parallel.
func (l *Lab) Stop(context.Context) error {
	var nodes errgroup.Group
	for _, n := range l.nodes {
		nodes.Go(n.Stop)
	}
	l.group.Stop()
	err := nodes.Wait()
	l.updatingNetwork.Lock()
	defer l.updatingNetwork.Unlock()
	l.balancers.stop()
	err = errors.Join(err, l.restoreHostNames())
	if l.network != nil {
		err = errors.Join(err, l.network.Stop())
	}
	return err
}
