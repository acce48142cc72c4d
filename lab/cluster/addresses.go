package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/gateway"
)

// Address is the address of a Service, an Ingress or a Gateway; Host is "" until it is assigned.
type Address struct{ Kind, Namespace, Name, Host string }

// Addresses returns the addresses of all Services of type LoadBalancer, all Ingresses and all Gateways.
func (l *Lab) Addresses(ctx context.Context) (all []Address, err error) {
	services, err := l.client.CoreV1().Services("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	for _, s := range services.Items {
		if s.Spec.Type != corev1.ServiceTypeLoadBalancer {
			continue
		}
		a := Address{Kind: "Service", Namespace: s.Namespace, Name: s.Name}
		if at := s.Status.LoadBalancer.Ingress; len(at) > 0 {
			a.Host = at[0].Hostname
		}
		all = append(all, a)
	}
	ingresses, err := l.client.NetworkingV1().Ingresses("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	for _, i := range ingresses.Items {
		a := Address{Kind: "Ingress", Namespace: i.Namespace, Name: i.Name}
		if at := i.Status.LoadBalancer.Ingress; len(at) > 0 {
			a.Host = at[0].Hostname
		}
		all = append(all, a)
	}
	gateways, err := gateway.List(ctx, l.dynamic, gateway.Gateways)
	for _, g := range gateways {
		all = append(all, Address{Kind: gateway.Kind, Namespace: g.GetNamespace(), Name: g.GetName(), Host: gateway.Host(g.Object)})
	}
	return all, err
}

// addressTimeout is the time within which load balancers must have addresses.
const addressTimeout = 60 * time.Second

// WaitForAddresses waits until all of them have addresses.
func (l *Lab) WaitForAddresses(ctx context.Context) ([]Address, error) {
	all, err := l.waitForAddresses(ctx, func(Address) bool { return true })
	if err == nil && l.RunNodes {
		err = l.waitForLoadBalancers(ctx, all)
	}
	if err == nil {
		l.logProgress("%d Services, Ingresses and Gateways have addresses", len(all))
	}
	return all, err
}

// waitForLoadBalancers waits until the load balancers of these addresses run.
func (l *Lab) waitForLoadBalancers(ctx context.Context, all []Address) error {
	for late := time.After(addressTimeout); ; {
		i := slices.IndexFunc(all, func(a Address) bool { _, runs := l.LoadBalancer(a.Host); return !runs })
		if i < 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return fmt.Errorf("load balancer %s of %s %s/%s does not run after %s", all[i].Host, all[i].Kind,
				all[i].Namespace, all[i].Name, addressTimeout)
		case <-time.After(changeInterval):
		}
	}
}

// waitForAddresses waits for the selected ones.
func (l *Lab) waitForAddresses(ctx context.Context, of func(Address) bool) ([]Address, error) {
	for late := time.After(addressTimeout); ; {
		all, err := l.Addresses(ctx)
		if err != nil && ctx.Err() == nil {
			return nil, err
		}
		waiting := ""
		for _, a := range all {
			if a.Host == "" && of(a) {
				waiting += fmt.Sprintf(" %s %s/%s", a.Kind, a.Namespace, a.Name)
			}
		}
		if waiting == "" && err == nil {
			return all, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-late:
			return nil, fmt.Errorf("no address after %s:%s; for the reason see kubectl describe and the logs in %s", addressTimeout, waiting, l.path("logs"))
		case <-time.After(pollInterval):
		}
	}
}

// healthTimeout is the time within which load balancers should have healthy targets. Health checks are sent every 10 s
// or more seldom, and several must succeed.
const healthTimeout = 3 * time.Minute

// WaitForHealthyTargets waits until each load balancer has a healthy target in each of its target groups. It prints
// when they do, and otherwise those that do not.
func (l *Lab) WaitForHealthyTargets(ctx context.Context) {
	for late := time.After(healthTimeout); ; {
		all, waiting := l.balancers.all(), []string{}
		for _, b := range all {
			if !b.IsHealthy() {
				waiting = append(waiting, b.spec.Name)
			}
		}
		if len(all) == 0 {
			l.logProgress("there is no load balancer")
			return
		}
		if len(waiting) == 0 {
			l.logProgress("all load balancers have healthy targets")
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-late:
			slices.Sort(waiting)
			l.logProgress("these load balancers have a target group without a healthy target: %s", strings.Join(waiting, " "))
			return
		case <-time.After(pollInterval):
		}
	}
}
