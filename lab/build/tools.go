package build

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Tools are the programs of a lab, and what they read.
type Tools struct {
	// Bin holds the programs, under these names.
	Bin string
	// Chart is the load balancer controller's chart.
	Chart string
	// Python has moto; Moto is the script that starts it.
	Python, Moto string
}

// The programs in Tools.Bin.
const (
	Etcd                   = "etcd"
	APIServer              = "kube-apiserver"
	ControllerManager      = "kube-controller-manager"
	CloudController        = "aws-cloud-controller-manager"
	LoadBalancerController = "aws-load-balancer-controller"
	Helm                   = "helm"
	Kubectl                = "kubectl"
)

// Path is where a program is.
func (t *Tools) Path(program string) string { return filepath.Join(t.Bin, program) }

// Prepare makes what is not there yet. Module is the folder lab/ of the checkout, cache a folder that is the lab's own. Progress goes to out, on
// one line that moves if out is a terminal.
func Prepare(ctx context.Context, module, cache string, out io.Writer) (*Tools, error) {
	unlock, err := lock(cache)
	if err != nil {
		return nil, err
	}
	defer unlock()
	t := &Tools{Moto: filepath.Join(module, "moto", "serve.py")}
	// Moto first: a Python that is missing is told before the long build.
	if err := t.installMoto(ctx, module, cache, newProgress(out)); err != nil {
		return nil, err
	}
	return t, t.compile(ctx, module, cache, newProgress(out))
}

// lock waits until nobody else makes something in the folder.
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
