package cluster

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"eksnet/lab/account"
	"eksnet/lab/build"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
)

// Options are what a lab is made of.
type Options struct {
	Stack *rehearsed.Stack
	Tools *build.Tools
	// Dir is the lab's folder; what an earlier one left there is removed.
	Dir string
	// KubernetesPort and AWSPort are those of 127.0.0.1 where the API server and moto listen.
	KubernetesPort, AWSPort int
	// Progress is told what happens, in lines.
	Progress io.Writer
}

// Lab is a cluster that runs.
type Lab struct {
	Options
	account *account.Account
	group   *process.Group
	began   time.Time

	config     *rest.Config
	client     kubernetes.Interface
	dynamic    dynamic.Interface
	mapper     *restmapper.DeferredDiscoveryRESTMapper
	controller *controller
}

// Start starts everything and makes the stack's objects, in the network namespace that it is called in, which should have nothing but
// loopback. The context that it returns ends when the lab breaks, with the reason as its cause. Where it fails, nothing is left running.
func Start(ctx context.Context, o Options) (*Lab, context.Context, error) {
	l := &Lab{Options: o, began: time.Now()}
	if err := os.RemoveAll(o.Dir); err != nil {
		return nil, nil, fmt.Errorf("the lab's folder: %w", err)
	}
	group, ctx, err := process.NewGroup(ctx, filepath.Join(o.Dir, "logs"))
	if err != nil {
		return nil, nil, err
	}
	l.group = group
	for _, step := range []func(context.Context) error{l.network, l.ground, l.controllers, l.objects} {
		if err = step(ctx); err != nil {
			break
		}
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause // what ended the lab, and not what noticed
		}
		group.Stop()
		return nil, nil, err
	}
	return l, ctx, nil
}

// network lets every address of the VPC answer: the API server asks the controller's webhooks at the addresses of its pods.
func (l *Lab) network(context.Context) error {
	vpc := l.Stack.Network.VPC
	return process.SetUpLoopback(append([]string{vpc.CIDR}, vpc.MoreCIDRs...)...)
}

// ground starts AWS and the control plane beside each other, as neither needs the other.
func (l *Lab) ground(ctx context.Context) error {
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return l.startAWS(ctx) })
	both.Go(func() error { return l.startControlPlane(ctx) })
	if err := both.Wait(); err != nil {
		return err
	}
	return l.writeEnvironment()
}

// controllers starts what acts in the cluster by itself.
func (l *Lab) controllers(ctx context.Context) error {
	if err := l.join(ctx); err != nil {
		return err
	}
	l.controller = &controller{lab: l}
	go l.kubelet(ctx)
	return l.startCloudController(ctx)
}

// say tells what happens, and when.
func (l *Lab) say(format string, values ...any) {
	fmt.Fprintf(l.Progress, "%5.1f s  %s\n", time.Since(l.began).Seconds(), fmt.Sprintf(format, values...))
}

// Account is the stack's account in moto.
func (l *Lab) Account() *account.Account { return l.account }

// Kubernetes is how an administrator calls the API server.
func (l *Lab) Kubernetes() *rest.Config { return rest.CopyConfig(l.config) }

// Log is what a process has written until now: etcd, kube-apiserver, kube-controller-manager, aws-cloud-controller-manager,
// aws-load-balancer-controller, moto or helm.
func (l *Lab) Log(process string) (string, error) {
	content, err := os.ReadFile(l.group.Log(process))
	return string(content), err
}

// StopController ends the load balancer controller's process. Its pods are not ready then, and the objects of its release stay.
func (l *Lab) StopController(context.Context) error {
	l.controller.stop()
	return nil
}

// StartController starts it again and waits until its pods are ready.
func (l *Lab) StartController(ctx context.Context) error { return l.controller.resume(ctx) }

// Stop ends everything.
func (l *Lab) Stop(context.Context) error {
	l.group.Stop()
	return nil
}
