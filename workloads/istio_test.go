package workloads_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/workloads"
)

func TestIstiodInjectsProxiesIntoTheNamespacesOfWorkloadsOfTheMeshAlone(t *testing.T) {
	label := `metadata.labels["istio-injection"]`
	spec := echoWorkload(config.KindMesh, "")
	if namespace := registeredResources(t, spec)["Namespace shop"]; propertyAt(namespace, label) != "enabled" {
		t.Errorf("the namespace of a workload of the mesh is %v", namespace)
	}
	balanced := echoWorkload(config.KindNLB, config.TargetIP)
	balanced.Mesh = true
	if namespace := registeredResources(t, balanced)["Namespace shop"]; propertyAt(namespace, label) != "enabled" {
		t.Errorf("the namespace of a workload with a load balancer and proxies is %v", namespace)
	}
	if namespace := registeredResources(t, echoWorkload(config.KindNLB, config.TargetIP))["Namespace shop"]; propertyAt(namespace, label) != nil {
		t.Errorf("the namespace of another workload is %v", namespace)
	}
}

// A pod keeps the proxy that was injected when it was created.
func TestPodsAreReplacedIfAnotherProxyWouldBeInjected(t *testing.T) {
	pods := func(proxy string) resource.PropertyMap {
		c := &mockCluster{registered: map[string]resource.PropertyMap{}}
		err := pulumi.RunErr(func(ctx *pulumi.Context) error {
			spec := echoWorkload(config.KindMesh, "")
			application, err := workloads.NewApplication(ctx, "shop", &workloads.ApplicationArgs{Spec: spec})
			if err != nil {
				return err
			}
			_, err = workloads.NewPods(ctx, "shop", &workloads.PodsArgs{Spec: spec, Application: application, Proxy: proxy})
			return err
		}, pulumi.WithMocks("eksnet", "test", c))
		if err != nil {
			t.Fatal(err)
		}
		return c.registered["Deployment shop"]
	}
	const annotations = "spec.template.metadata.annotations"
	if one := propertyAt(pods("proxyv2:1.30.4"), annotations); fmt.Sprint(one) != "map[eksnet/proxy:proxyv2:1.30.4]" {
		t.Errorf("the annotations are %v", one)
	}
	if none := propertyAt(pods(""), annotations); none != nil {
		t.Errorf("without a proxy they are %v", none)
	}
}

func TestTheServiceOfAGatewayNamesThePortOfItsListener(t *testing.T) {
	spec := echoWorkload(config.KindNLB, config.TargetIP)
	if port := propertyAt(registeredResources(t, spec)["Service shop-nlb"], "spec.ports[0].targetPort"); fmt.Sprint(port) != "http" {
		t.Errorf("the port of an application is %v", port)
	}
	spec.App = config.AppIstioGateway
	if port := propertyAt(registeredResources(t, spec)["Service shop-nlb"], "spec.ports[0].targetPort"); fmt.Sprint(port) != "80" {
		t.Errorf("the port of a gateway is %v", port)
	}
}
