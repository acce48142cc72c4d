package cluster

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Address is where a Service or an Ingress is reached; Host is "" until it has one.
type Address struct{ Kind, Namespace, Name, Host string }

// Addresses are those of all Services with a load balancer and of all Ingresses.
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
	return all, nil
}

// patience is how long load balancers may take to get addresses.
const patience = 60 * time.Second

// WaitForAddresses waits until each has one.
func (l *Lab) WaitForAddresses(ctx context.Context) ([]Address, error) {
	all, err := l.waitForAddresses(ctx, func(Address) bool { return true })
	if err == nil {
		l.say("%d Services and Ingresses have addresses", len(all))
	}
	return all, err
}

// waitForAddresses waits for some of them.
func (l *Lab) waitForAddresses(ctx context.Context, of func(Address) bool) ([]Address, error) {
	for late := time.After(patience); ; {
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
			return nil, fmt.Errorf("no address after %s:%s; kubectl describe tells why, and so do the logs in %s", patience, waiting, l.path("logs"))
		case <-time.After(pace):
		}
	}
}
