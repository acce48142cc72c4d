package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"eksnet/internal/exchange"
	"eksnet/lab/account"
	"eksnet/lab/build"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
	"eksnet/lab/repository"
)

// Follower is a lab that starts empty and follows the account of a rehearsal: AWS and the nodes are those of the
// account, the control plane runs while the account has a cluster, and the rehearsal's Kubernetes provider creates the
// objects.
type Follower struct {
	*Lab
	// File is the file with which `rehearse -lab` finds the lab.
	File string

	// exchanging is held during an exchange.
	exchanging    sync.Mutex
	life          context.Context
	running       bool // the control plane
	stopKubelet   context.CancelFunc
	away          *process.Process // the stopped API server
	leftInCluster []string
}

// StartEmpty starts a lab that follows an account, in the current network namespace. The context is as that of Start.
func StartEmpty(ctx context.Context, o Options) (*Follower, context.Context, error) {
	l, ctx, err := newLab(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	f := &Follower{Lab: l, File: filepath.Join(o.Dir, "lab.json"), life: ctx}
	if err := f.listen(ctx); err != nil {
		l.group.Stop()
		return nil, nil, err
	}
	return f, ctx, nil
}

// listen starts what a rehearsal needs before its first call.
func (f *Follower) listen(ctx context.Context) error {
	if err := process.SetUpLoopback(); err != nil {
		return err
	}
	if err := f.createSecrets(); err != nil {
		return err
	}
	provider, err := f.writeProvider(ctx)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(f.serveExchange), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	go func() { _ = server.Serve(listener) }()
	authority, err := os.ReadFile(f.path("pki", authorityFile))
	if err != nil {
		return err
	}
	content, err := json.Marshal(exchange.Lab{Endpoint: f.server(), Authority: string(authority), Provider: provider, Kubectl: f.Tools.Path(build.Kubectl), Kubeconfig: f.Kubeconfig(), Exchange: "http://" + listener.Addr().String()})
	if err != nil {
		return err
	}
	return os.WriteFile(f.File, content, 0o600)
}

// writeProvider starts the chart's repository, and writes scripts: the provider with an environment in which it reaches
// only this lab, and the command aws, from which the kubeconfig gets its token.
func (f *Follower) writeProvider(ctx context.Context) (string, error) {
	served, err := repository.Serve(ctx, f.Tools.Path(build.Helm), f.Tools.Charts, f.path("charts"))
	if err != nil {
		return "", err
	}
	bin := f.path("provider", "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	token := fmt.Sprintf("#!/bin/sh\necho '{\"kind\": \"ExecCredential\", \"apiVersion\": \"client.authentication.k8s.io/v1beta1\", \"status\": {\"token\": \"%s\"}}'\n", f.token)
	if err := os.WriteFile(filepath.Join(bin, "aws"), []byte(token), 0o700); err != nil {
		return "", err
	}
	provider := f.path("provider", "pulumi-resource-kubernetes")
	script := fmt.Sprintf("#!/bin/sh\nexec env -i PATH='%s:/usr/bin:/bin' HOME='%s' HTTPS_PROXY='%s' SSL_CERT_FILE='%s' '%s' \"$@\"\n",
		bin, f.path("provider"), served.Proxy, served.Authority, f.Tools.Provider)
	return provider, os.WriteFile(provider, []byte(script), 0o700)
}

// serveExchange answers a rehearsal's account with what the controllers have created.
func (f *Follower) serveExchange(w http.ResponseWriter, request *http.Request) {
	var wanted exchange.Request
	var seen exchange.Observation
	err := json.NewDecoder(request.Body).Decode(&wanted)
	if err == nil {
		seen, err = f.follow(request.Context(), wanted)
	}
	if err != nil {
		if cause := context.Cause(f.life); cause != nil {
			err = cause // the reason, and not its consequence
		}
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(seen)
}

// follow changes the lab to an account.
func (f *Follower) follow(ctx context.Context, wanted exchange.Request) (seen exchange.Observation, err error) {
	f.exchanging.Lock()
	defer f.exchanging.Unlock()
	s, err := rehearsed.FromWorld(wanted.Account)
	if err != nil {
		return seen, err
	}
	s.Certificates = wanted.Certificates
	var before []account.Node
	if f.account != nil {
		before = f.account.Nodes()
	}
	f.keepNodes(before)
	defer f.forgetNodes()
	if err := f.followAWS(ctx, s); err != nil {
		return seen, err
	}
	leaving := without(before, f.account.Nodes())
	f.keepNodes(leaving)
	if err := f.setAPIServer(!wanted.WithoutAPIServer); err != nil {
		return seen, err
	}
	if !wanted.WithoutAPIServer {
		if err := f.followCluster(ctx, s, leaving); err != nil {
			return seen, err
		}
	}
	if seen, err = f.account.Observe(ctx); err != nil {
		return seen, err
	}
	if f.running && !wanted.WithoutAPIServer {
		if seen.Unfinished, err = f.unfinished(ctx); err != nil {
			return seen, err
		}
	}
	left, err := f.account.Left(ctx)
	seen.Left = append(left, f.leftInCluster...)
	return seen, err
}

// followAWS gives moto the account's resources.
func (f *Follower) followAWS(ctx context.Context, s *rehearsed.Stack) error {
	if f.account == nil {
		if err := f.startAccount(ctx, s); err != nil {
			return err
		}
	}
	return f.account.Update(ctx, s)
}

// startAccount starts moto with the account of a stack, which has no resources yet.
func (f *Follower) startAccount(ctx context.Context, s *rehearsed.Stack) (err error) {
	f.Stack = s
	if err := f.startMoto(ctx); err != nil {
		return err
	}
	f.account, err = account.New(ctx, f.Endpoint(), s.Region)
	return err
}

// StartAccount starts an account before the first exchange.
func (f *Follower) StartAccount(ctx context.Context, number, region string) error {
	f.exchanging.Lock()
	defer f.exchanging.Unlock()
	return f.startAccount(ctx, &rehearsed.Stack{Account: number, Region: region})
}

// AdministratorEnvironment returns the environment of a process that reads the account and, once there is one, the
// cluster with all permissions.
func (f *Follower) AdministratorEnvironment() []string {
	return append(f.awsEnvironment(credentialVariables(f.account.Administrator)...), "KUBECONFIG="+f.Kubeconfig())
}

// followCluster starts the control plane of a new cluster, stops that of a deleted one, and changes the nodes.
// Pods of nodes that leave move to others first.
func (f *Follower) followCluster(ctx context.Context, s *rehearsed.Stack, leaving []account.Node) error {
	// Each cluster has an issuer of its own, also one that replaces another of the same name.
	if f.running && s.Cluster.Issuer != f.Stack.Cluster.Issuer {
		f.stopControlPlane()
	}
	if s.Cluster.Name == "" {
		return nil
	}
	configuration, err := s.CNI()
	if err != nil {
		return err
	}
	f.setWantsTrunks(configuration)
	if !f.running {
		f.Stack = s
		if err := f.startCluster(); err != nil {
			return err
		}
	}
	if err := f.createNodes(ctx); err != nil {
		return err
	}
	if err := f.drain(ctx, leaving); err != nil {
		return err
	}
	f.forgetNodes()
	if err := f.waitForBranchDeletion(ctx, instanceIDs(leaving)); err != nil {
		return err
	}
	if err := f.deleteNodes(ctx); err != nil {
		return err
	}
	left, err := f.objectsLeft(ctx)
	f.leftInCluster = left
	return err
}

// setAPIServer stops the API server of a running cluster, or starts it again with the same objects.
func (f *Follower) setAPIServer(run bool) error {
	const position = 1 // after etcd, see startControlPlane
	if !f.running || run == (f.away == nil) {
		return nil
	}
	if !run {
		f.away = f.Lab.controlPlane[position]
		f.away.Stop()
		return nil
	}
	started, err := f.group.Start(f.life, f.apiServer())
	f.Lab.controlPlane[position], f.away = started, nil
	return err
}

// startCluster starts the control plane, its cloud controller, and the kubelet.
func (f *Follower) startCluster() error {
	if err := f.setUpNetwork(f.life); err != nil {
		return err
	}
	if err := f.startControlPlane(f.life); err != nil {
		return err
	}
	if err := f.writeEnvironment(); err != nil {
		return err
	}
	f.running = true
	if err := errors.Join(f.startPodIdentityAgent(f.life), f.startResourceController(f.life)); err != nil {
		return err
	}
	f.controllers = f.newControllers()
	kubelet, stop := context.WithCancel(f.life)
	f.stopKubelet = stop
	go f.runKubelet(kubelet)
	return f.startCloudController(f.life)
}

// stopControlPlane stops the control plane and the controllers of a deleted cluster, and removes its objects.
func (f *Follower) stopControlPlane() {
	f.running = false
	f.stopKubelet()
	for _, c := range f.controllers {
		c.end()
	}
	for _, p := range slices.Backward(f.Lab.controlPlane) {
		p.Stop()
	}
	f.Lab.controlPlane = nil
	_ = os.RemoveAll(f.path("etcd"))
}
