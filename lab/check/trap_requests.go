package check

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/balancer"
	"eksnet/lab/process"
)

// balancerOf returns the load balancer of an object.
func (t *trapRun) balancerOf(ctx context.Context, object string) (balancer.Spec, error) {
	i := slices.IndexFunc(t.created, func(o *unstructured.Unstructured) bool { return objectTitle(o) == object })
	if i < 0 {
		return balancer.Spec{}, fmt.Errorf("%s is not created", object)
	}
	found, err := t.get(ctx, t.created[i])
	if err != nil || found == nil {
		return balancer.Spec{}, errors.Join(err, fmt.Errorf("%s does not exist", object))
	}
	addresses, _, _ := unstructured.NestedSlice(found.Object, "status", "loadBalancer", "ingress")
	for _, a := range addresses {
		host, _ := field(a, "hostname").(string)
		if spec, runs := t.Measurement().LoadBalancer(host); runs {
			return spec, nil
		}
	}
	return balancer.Spec{}, fmt.Errorf("the load balancer of %s does not run", object)
}

// waitForStates waits until each target of a Service, by its ID, has a state.
func (t *trapRun) waitForStates(ctx context.Context, service string, want func(id string) types.TargetHealthStateEnum) error {
	client := elasticloadbalancingv2.NewFromConfig(t.Account().Config())
	return waitFor(ctx, func() error {
		spec, err := t.balancerOf(ctx, "Service "+trapName+"/"+service)
		if err != nil {
			return err
		}
		checked := 0
		for arn := range spec.TargetGroups {
			list, err := client.DescribeTargetHealth(ctx, &elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: &arn})
			if err != nil {
				return err
			}
			for _, target := range list.TargetHealthDescriptions {
				id := aws.ToString(target.Target.Id)
				if got := target.TargetHealth.State; got != want(id) {
					return fmt.Errorf("Service %s: target %s is %s, expected %s", service, id, got, want(id))
				}
				checked++
			}
		}
		if checked == 0 {
			return fmt.Errorf("Service %s has no target", service)
		}
		return nil
	})
}

// answerTimeout is the time within which an answer arrives.
const answerTimeout = 2 * time.Second

// checkAnswer sends a request to the load balancer's address in a zone, the first one for "", and checks whether it is
// answered.
func (t *trapRun) checkAnswer(ctx context.Context, from process.NetworkNamespace, service, zone string, answered bool) error {
	_, err := t.status(ctx, from, "Service "+trapName+"/"+service, zone, "/hostname")
	if unanswered := (*noAnswerError)(nil); err != nil && !errors.As(err, &unanswered) {
		return err
	}
	if (err == nil) != answered {
		return fmt.Errorf("Service %s, zone %q: answered: %t (%v), expected %t", service, zone, err == nil, err, answered)
	}
	return nil
}

// noAnswerError is the error of a request without a response.
type noAnswerError struct{ error }

// status returns the status code of the response to a request.
func (t *trapRun) status(ctx context.Context, from process.NetworkNamespace, object, zone, path string) (int, error) {
	spec, err := t.balancerOf(ctx, object)
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(spec.Zones, func(z balancer.Zone) bool { return zone == "" || z.Name == zone })
	if i < 0 {
		return 0, fmt.Errorf("%s has no zone %q", object, zone)
	}
	client := from.HTTPClient()
	client.Timeout = answerTimeout
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+netip.AddrPortFrom(t.entry(spec.Zones[i]), 80).String()+path, nil)
	if err != nil {
		return 0, err
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, &noAnswerError{err}
	}
	response.Body.Close()
	return response.StatusCode, nil
}

// entry returns the address of a load balancer in a zone, of the family of the cluster: it preserves addresses of
// clients of this family alone.
func (t *trapRun) entry(z balancer.Zone) netip.Addr {
	if t.template.ipv6 {
		return z.IPv6
	}
	return z.Entry()
}

func healthy(string) types.TargetHealthStateEnum { return types.TargetHealthStateEnumHealthy }
