package builders

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/ingress"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/ec2"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var errDenied = errors.New("api error AccessDenied")

// fake is an account whose two subnets have no tags, and whose calls that can fail do with denied.
type fake struct {
	denied       error
	certificates []Certificate
	standing     *LoadBalancer
}

func (fake) Subnets() []Subnet {
	return []Subnet{{ID: "subnet-a", Zone: "a", CIDR: "10.0.1.0/24", Free: 100}, {ID: "subnet-b", Zone: "b", CIDR: "10.0.2.0/24", Free: 100},
		{ID: "subnet-full", Zone: "c", CIDR: "10.0.3.0/28", Free: 7}}
}

func (f fake) SubnetsByID(ids []string) (found []Subnet, err error) {
	for _, s := range f.Subnets() {
		if slices.Contains(ids, s.ID) {
			found = append(found, s)
		}
	}
	return found, f.denied
}

func (f fake) PublicSubnets() ([]string, error)                         { return nil, f.denied }
func (fake) SecurityGroups() []SecurityGroup                            { return nil }
func (f fake) SecurityGroupsByID(ids []string) ([]SecurityGroup, error) { return nil, f.denied }
func (f fake) LoadBalancer(map[string]string) *LoadBalancer             { return f.standing }
func (f fake) Certificates() ([]Certificate, error)                     { return f.certificates, f.denied }
func (fake) BackendSecurityGroup() (string, error)                      { return "sg-shared", nil }
func (fake) CIDRs() []string                                            { return []string{"10.0.0.0/16", "100.64.0.0/16"} }
func (fake) IPv6CIDR() string                                           { return "2001:db8:1::/56" }
func (fake) Unknown(what string) error                                  { return fmt.Errorf("not available: %s", what) }

// cluster has the Service shop/web.
type cluster struct{}

func (cluster) Read(into client.Object, namespace, name string) bool {
	s, is := into.(*corev1.Service)
	if found := web(nil); is && found.Namespace == namespace && found.Name == name {
		found.DeepCopyInto(s)
		return true
	}
	return false
}

func (cluster) Items(string, string) []client.Object { return nil }

func controller(t *testing.T, account Account, flags ...string) *Controller {
	t.Helper()
	settings, err := Parse(append(flags, "--cluster-name=dev"))
	if err != nil {
		t.Fatal(err)
	}
	return &Controller{settings, "vpc-1", account, cluster{}}
}

func web(annotations map[string]string) *corev1.Service {
	class := "service.k8s.aws/nlb"
	all := map[string]string{}
	for suffix, value := range annotations {
		all["service.beta.kubernetes.io/aws-load-balancer-"+suffix] = value
	}
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "1-2-3", Annotations: all}, Spec: corev1.ServiceSpec{
		Type: corev1.ServiceTypeLoadBalancer, LoadBalancerClass: &class,
		Ports: []corev1.ServicePort{{Port: 80, NodePort: 30080, TargetPort: intstr.FromInt(8080), Protocol: corev1.ProtocolTCP}}}}
}

func shop(annotations map[string]string, change func(*networkingv1.IngressSpec)) ingress.Group {
	all := map[string]string{}
	for suffix, value := range annotations {
		all["alb.ingress.kubernetes.io/"+suffix] = value
	}
	exact := networkingv1.PathTypeExact
	o := &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", Annotations: all}, Spec: networkingv1.IngressSpec{
		Rules: []networkingv1.IngressRule{{Host: "shop.example.com", IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
			Paths: []networkingv1.HTTPIngressPath{{Path: "/cart", PathType: &exact, Backend: networkingv1.IngressBackend{
				Service: &networkingv1.IngressServiceBackend{Name: "web", Port: networkingv1.ServiceBackendPort{Number: 80}}}}}}}}}}}
	if change != nil {
		change(&o.Spec)
	}
	return ingress.Group{ID: ingress.GroupID{Namespace: "shop", Name: "web"}, Members: []ingress.ClassifiedIngress{{Ing: o}}}
}

func must(t *testing.T) func(*Model, error) *Model {
	return func(m *Model, err error) *Model {
		t.Helper()
		if err != nil || m == nil {
			t.Fatalf("no model: %v", err)
		}
		return m
	}
}

// peers are from where a binding lets in, and on which ports.
func peers(t *testing.T, m *Model) (found []string) {
	t.Helper()
	m.TargetGroups[0].SetStatus(elbv2.TargetGroupStatus{TargetGroupARN: "arn"})
	b, err := m.Binding(m.TargetGroups[0])
	if err != nil || b.Spec.TargetGroupARN != "arn" {
		t.Fatalf("binding %v: %v", b, err)
	}
	if b.Spec.Networking == nil {
		return nil
	}
	for _, rule := range b.Spec.Networking.Ingress {
		for _, peer := range rule.From {
			from := ""
			if peer.SecurityGroup != nil {
				from = peer.SecurityGroup.GroupID
			}
			if peer.IPBlock != nil {
				from = peer.IPBlock.CIDR
			}
			for _, port := range rule.Ports {
				found = append(found, from+" "+port.Port.String())
			}
		}
	}
	return found
}

func TestAServicesModelIsTheControllersOwn(t *testing.T) {
	m := must(t)(controller(t, fake{}, "--default-tags=team=shop").Service(web(nil)))
	b := m.LoadBalancers[0]
	if !strings.HasPrefix(b.Spec.Name, "k8s-shop-web-") || b.Spec.Scheme != "internal" || len(b.Spec.SubnetMappings) != 2 {
		t.Errorf("load balancer %+v", b.Spec)
	}
	if tags := m.Tags(b, b.Spec.Tags); tags["service.k8s.aws/stack"] != "shop/web" || tags["elbv2.k8s.aws/cluster"] != "dev" || tags["team"] != "shop" {
		t.Errorf("tags %v", tags)
	}
	if target := m.TargetGroups[0]; target.ID() != "shop/web:80" || *target.Spec.Port != 30080 {
		t.Errorf("target group %s: %+v", target.ID(), target.Spec)
	}
	if let := peers(t, m); !slices.Equal(let, []string{"sg-shared 30080"}) {
		t.Errorf("targets are reached from %v", let)
	}
}

func TestAServiceOfAnotherUIDHasAnotherName(t *testing.T) {
	c, other := controller(t, fake{}), web(nil)
	other.UID = "4-5-6"
	if a, b := must(t)(c.Service(web(nil))), must(t)(c.Service(other)); a.LoadBalancers[0].Spec.Name == b.LoadBalancers[0].Spec.Name {
		t.Errorf("both are %s", a.LoadBalancers[0].Spec.Name)
	}
}

// The group that the load balancer has of its own is known once it is created.
func TestATokenResolvesOnceItsResourceIsThere(t *testing.T) {
	m := must(t)(controller(t, fake{}).Service(web(nil)))
	own := m.LoadBalancers[0].Spec.SecurityGroups[0]
	if id, err := Resolve(own); err == nil {
		t.Errorf("resolved as %q", id)
	}
	m.SecurityGroup.SetStatus(ec2.SecurityGroupStatus{GroupID: "sg-own"})
	if id, err := Resolve(own); err != nil || id != "sg-own" {
		t.Errorf("resolved as %q: %v", id, err)
	}
}

func TestTargetsOfALoadBalancerWithoutSecurityGroupsAreReachedFromNetworks(t *testing.T) {
	m := must(t)(controller(t, fake{}).Service(web(map[string]string{"disable-nlb-sg": "true"})))
	if let := peers(t, m); m.SecurityGroup != nil || !slices.Equal(let, []string{"10.0.0.0/16 30080", "100.64.0.0/16 30080"}) {
		t.Errorf("targets are reached from %v", let)
	}
}

func TestALoadBalancerKeepsItsSchemeAndItsSubnets(t *testing.T) {
	m := must(t)(controller(t, fake{standing: &LoadBalancer{Scheme: "internet-facing", Subnets: []string{"subnet-b"}, SecurityGroups: []string{"sg-1"}}}).Service(web(nil)))
	if b := m.LoadBalancers[0].Spec; b.Scheme != "internet-facing" || len(b.SubnetMappings) != 1 || b.SubnetMappings[0].SubnetID != "subnet-b" {
		t.Errorf("%+v", b)
	}
}

func TestAServiceThatIsNotTheControllersHasNoModel(t *testing.T) {
	c := controller(t, fake{})
	deleted, now := web(nil), metav1.Now()
	deleted.DeletionTimestamp = &now
	for _, s := range []*corev1.Service{deleted, {Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer}}} {
		if m, err := c.Service(s); m != nil || err != nil || c.Settings.Supports(s) {
			t.Errorf("model %v, error %v", m, err)
		}
	}
}

func TestAListenersRulesAreInOrder(t *testing.T) {
	m := must(t)(controller(t, fake{}).Ingresses(shop(map[string]string{"listen-ports": `[{"HTTP": 8080}, {"HTTP": 80}]`}, func(s *networkingv1.IngressSpec) {
		prefix, paths := networkingv1.PathTypePrefix, s.Rules[0].HTTP
		paths.Paths = append([]networkingv1.HTTPIngressPath{{Path: "/", PathType: &prefix, Backend: paths.Paths[0].Backend}}, paths.Paths...)
	})))
	if m.Listeners[0].Spec.Port != 80 || m.Listeners[1].Spec.Port != 8080 {
		t.Errorf("listeners %d, %d", m.Listeners[0].Spec.Port, m.Listeners[1].Spec.Port)
	}
	for _, l := range m.Listeners {
		rules := m.Rules(l)
		if len(rules) != 2 || rules[0].Spec.Conditions[1].PathPatternConfig.Values[0] != "/cart" || rules[1].Spec.Priority != 2 {
			t.Errorf("port %d has rules %+v", l.Spec.Port, rules)
		}
	}
}

func TestAGroupWithoutMembersHasNoModel(t *testing.T) {
	if m, err := controller(t, fake{}).Ingresses(ingress.Group{}); m != nil || err != nil {
		t.Errorf("model %v, error %v", m, err)
	}
}

func TestACertificateOfACMIsFoundByItsHosts(t *testing.T) {
	issued := fake{certificates: []Certificate{{"arn:other", []string{"example.org"}}, {"arn:shop", []string{"*.example.com"}}}}
	m := must(t)(controller(t, issued).Ingresses(shop(map[string]string{"listen-ports": `[{"HTTPS": 443}]`}, nil)))
	if found := m.Listeners[0].Spec.Certificates; len(found) != 1 || *found[0].CertificateARN != "arn:shop" {
		t.Errorf("certificates %v", found)
	}
}

// Some of the library's errors wrap none, such as that of the resolver of security groups.
func TestAnErrorOfTheAccountIsFoundBehindTheBuildersWords(t *testing.T) {
	c := controller(t, fake{denied: errDenied})
	for words, build := range map[string]func() (*Model, error){
		"failed to list subnets by reachability": func() (*Model, error) { return c.Service(web(nil)) },
		"failed to list subnets by names or IDs": func() (*Model, error) { return c.Service(web(map[string]string{"subnets": "subnet-a"})) },
		"couldn't find all security groups": func() (*Model, error) {
			return controller(t, deniedGroups{}).Service(web(map[string]string{"security-groups": "sg-1"}))
		},
		"ingress: shop/web": func() (*Model, error) {
			return c.Ingresses(shop(map[string]string{"listen-ports": `[{"HTTPS": 443}]`}, nil))
		},
	} {
		if _, err := build(); !errors.Is(err, errDenied) || !strings.Contains(err.Error(), words) {
			t.Errorf("%q is not in %v", words, err)
		}
	}
}

// deniedGroups denies security groups alone.
type deniedGroups struct{ fake }

func (deniedGroups) SecurityGroupsByID([]string) ([]SecurityGroup, error) { return nil, errDenied }

func TestTheBuildersOwnErrorWrapsNone(t *testing.T) {
	_, err := controller(t, fake{}).Service(web(map[string]string{"scheme": "public"}))
	var f *failure
	if err == nil || errors.As(err, &f) || err.Error() != "unknown scheme: public" {
		t.Errorf("it is %v", err)
	}
}

func TestWhatTheControllerLooksUpByNameIsUnknown(t *testing.T) {
	useAnnotation := func(s *networkingv1.IngressSpec) {
		s.Rules[0].HTTP.Paths[0].Backend.Service.Port = networkingv1.ServiceBackendPort{Name: "use-annotation"}
	}
	secure := map[string]string{"listen-ports": `[{"HTTPS": 443}]`, "certificate-arn": "arn:x"}
	with := func(key, value string) map[string]string {
		all := map[string]string{key: value}
		for k, v := range secure {
			all[k] = v
		}
		return all
	}
	for what, group := range map[string]ingress.Group{
		"web ACLs":                shop(map[string]string{"wafv2-acl-name": "shop"}, nil),
		"the trust stores [shop]": shop(with("mutual-authentication", `[{"port": 443, "mode": "verify", "trustStore": "shop"}]`), nil),
		"the target group blue":   shop(map[string]string{"actions.web": `{"type": "forward", "targetGroupName": "blue"}`}, useAnnotation),
		"*v1.Secret shop/login": shop(map[string]string{"listen-ports": secure["listen-ports"], "certificate-arn": "arn:x", "auth-type": "oidc",
			"auth-idp-oidc": `{"issuer": "i", "authorizationEndpoint": "a", "tokenEndpoint": "t", "userInfoEndpoint": "u", "secretName": "login"}`}, nil),
	} {
		if _, err := controller(t, fake{}).Ingresses(group); err == nil || !strings.Contains(err.Error(), "not available: "+what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestSettingsAreTheControllersOwn(t *testing.T) {
	s, err := Parse([]string{"--cluster-name=dev", "--default-target-type=ip", "--enable-shield=false", "--feature-gates=NLBSecurityGroup=false"})
	if err != nil || s.DefaultTargetType != "ip" || s.DefaultSSLPolicy != "ELBSecurityPolicy-2016-08" || s.FeatureGates.Enabled("NLBSecurityGroup") {
		t.Errorf("%+v: %v", s, err)
	}
	for words, flag := range map[string]string{
		"invalid value pods for default target type": "--default-target-type=pods",
		"unknown feature: Magic":                     "--feature-gates=Magic=true",
		"unknown flag: --magic":                      "--magic",
	} {
		for range 2 {
			if _, err := Parse([]string{"--cluster-name=dev", flag}); err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %v", flag, err)
			}
		}
	}
}
