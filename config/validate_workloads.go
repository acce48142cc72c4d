package config

import (
	"fmt"
	"maps"
	"slices"
)

// workloads have names of at most 40 letters, so that Services and Ingresses, which add their kind, stay within the 63
// of a DNS label; a Service's begins with a letter (kubernetes.io/docs/concepts/overview/working-with-objects/names).
func (v *validator) workloads(s *Stack) {
	for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
		path, w := In("workloads", name), s.Workloads[name]
		if !v.matches(keyOf("workloads"), name, workloadName) || v.longerThan(keyOf("workloads"), len(name), mostName) {
			v.Add(path, "the name may have up to 40 lowercase letters, digits and -, starting with a letter")
		}
		if reserved := []string{"default", "kube-system", "kube-public", "kube-node-lease"}; slices.Contains(reserved, name) {
			v.Add(path, "the workload gets a namespace of its name, and Kubernetes reserves the namespace %s; choose another name", name)
		}
		if addon := addonOfName(name); addon != "" && w.App != addonApps[addon] {
			v.Add(fmt.Sprintf("workloads[%q]", name), "the name and the namespace %s are reserved for addons.%s; choose another name", name, addon)
			continue
		}
		v.oneOf(path+".kind", w.Kind, slices.Concat(BalancedKinds, UnbalancedKinds)...)
		v.app(path, w)
		v.between(path+".replicas", w.Replicas, 1, 100, "replicas")
		v.image(path+".image", w)
		if w.Balanced() {
			v.balanced(path, w, s)
		}
		if w.Kind == KindMesh {
			v.mesh(path, w, s.Addons.Istio)
		}
		if w.Balanced() || slices.Contains(UnbalancedKinds, w.Kind) {
			v.options(path, w)
		}
	}
	v.meshRoutes(s.Workloads)
	v.addresses(s.Workloads)
	v.groups(s.Workloads)
}

// addonApps are the applications of workloads that add-ons add.
var addonApps = map[string]string{"kubeOpsView": AppKubeOpsView, "istio": AppIstioGateway}

// addonOfName returns the add-on for which the name of a workload is reserved, "" for none.
func addonOfName(name string) string {
	switch name {
	case KubeOpsViewName:
		return "kubeOpsView"
	case IstioGatewayName, IstioNamespace:
		return "istio"
	}
	return ""
}

// app refuses an application that cannot do what the workload asks of it.
func (v *validator) app(path string, w Workload) {
	at := path + ".app"
	if w.App == AppKubeOpsView || w.App == AppIstioGateway {
		switch {
		case w.App == AppKubeOpsView && path != In("workloads", KubeOpsViewName):
			v.Add(at, "%s is installed with its rights by addons.kubeOpsView; remove the workload and write addons: {kubeOpsView: {}}", w.App)
		case w.App == AppIstioGateway && path != In("workloads", IstioGatewayName):
			v.Add(at, "%s is installed by addons.istio; remove the workload and write addons: {istio: {}}", w.App)
		}
		return
	}
	if own := map[string]string{KindNetshoot: AppNetshoot, KindSpeed: AppIperf3}[w.Kind]; own != "" {
		v.accept(at, func(c *Constraint) { c.OneOf = addOnce(c.OneOf, own) })
		if w.App != own {
			v.Add(at, "%q, but kind %s has the app %s; remove it or write kind: clb, nlb or alb", w.App, w.Kind, own)
		}
		return
	}
	v.oneOf(at, w.App, AppEcho, App2048, AppNginx)
	switch {
	case w.Kind == KindPolicy:
		if w.App == App2048 || w.App == AppNginx {
			v.Add(at, "%s, but the clients of kind policy run the server's image, and the image of %[1]s has no client for requests; write echo", w.App)
		}
	case w.ProxyProtocol && w.Balanced() && !w.IsALB() && (w.App == AppEcho || w.App == App2048):
		v.Add(path+".proxyProtocol", "true, but %s rejects the proxy protocol as a bad request; write app: nginx, or remove it", w.App)
	case w.HasUDP() && w.IsNLB() && (w.App == App2048 || w.App == AppNginx):
		v.Add(path+".protocol", "%s, but %s serves TCP only; write app: echo, or another protocol", w.Protocol, w.App)
	}
}

func (v *validator) image(path string, w Workload) {
	if w.Image == "" || w.App == AppIstioGateway {
		return // the application's own, which has none if app is not valid; that of Istio is checked with its hub
	}
	if !v.matches(path, w.Image, imageName) || repository.MatchString(w.Image) {
		v.Add(path, "%q is not an image with a tag or digest, such as %s", w.Image, EchoImage)
	}
}
