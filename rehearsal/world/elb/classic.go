package elb

import (
	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/store"
)

// ClassicLoadBalancer is a Classic Load Balancer, which the cloud controller creates for a Service.
type ClassicLoadBalancer struct {
	LoadBalancer
	Attributes    ClassicAttributes  `json:"attributes"`
	Instances     []string           `json:"instances"`
	Listeners     []ClassicListener  `json:"listeners"`
	HealthCheck   ClassicHealthCheck `json:"healthCheck"`
	ProxyProtocol bool               `json:"proxyProtocol"`
	// Service is a fact: the Service as the cloud controller last processed it, nil before.
	Service *ClassicService `json:"service"`
}

// ClassicLoadBalancerOf returns the properties of a Classic Load Balancer.
func ClassicLoadBalancerOf(o *store.Object) *ClassicLoadBalancer {
	return store.Decode[ClassicLoadBalancer](o)
}

// ClassicAttributes are the attributes that the cloud controller sets.
type ClassicAttributes struct {
	CrossZone       bool `json:"crossZone"`
	Draining        bool `json:"connectionDraining"`
	DrainingTimeout int  `json:"connectionDrainingTimeout,omitempty"` // in seconds; 0 for AWS's default
	IdleTimeout     int  `json:"idleTimeout"`                         // in seconds
	// AccessLogs reports whether access logs are written, and LogBucket and LogPrefix are where.
	AccessLogs bool   `json:"accessLogs,omitempty"`
	LogBucket  string `json:"logBucket,omitempty"`
	LogPrefix  string `json:"logPrefix,omitempty"`
}

// ClassicListener forwards a port to a port of the instances.
type ClassicListener struct {
	Port         int      `json:"lbPort"`
	InstancePort int      `json:"instancePort"`
	Protocol     string   `json:"protocol"`
	Certificates []string `json:"certificates,omitempty"`
}

// ClassicHealthCheck is the health check of the instances.
type ClassicHealthCheck struct {
	Target    string `json:"target"` // "TCP:31000" or "HTTP:32000/healthz"
	Interval  int    `json:"interval"`
	Timeout   int    `json:"timeout"`
	Healthy   int    `json:"healthyThreshold"`
	Unhealthy int    `json:"unhealthyThreshold"`
}

// SetClassicListeners replaces the listeners of a Classic Load Balancer.
func SetClassicListeners(o *store.Object, listeners []ClassicListener) {
	outputs := make([]any, len(listeners))
	for i, l := range listeners {
		outputs[i], _ = store.AsProperties(l)
	}
	o.Set("listeners", outputs)
}

// SetClassicAttributes sets the attributes of a Classic Load Balancer.
func SetClassicAttributes(o *store.Object, attributes ClassicAttributes) {
	output, _ := store.AsProperties(attributes)
	o.Set("attributes", output)
}

// SetClassicHealthCheck sets the health check of a Classic Load Balancer.
func SetClassicHealthCheck(o *store.Object, check ClassicHealthCheck) {
	output, _ := store.AsProperties(check)
	o.Set("healthCheck", output)
}

// LearnClassicService records the Service that the cloud controller processed.
func LearnClassicService(o *store.Object, service *ClassicService) {
	fact, _ := store.AsProperties(service)
	o.Learn("service", fact)
}

// ClassicService is the part of a Service that the cloud controller reads.
type ClassicService struct {
	Annotations map[string]string  `json:"annotations,omitempty"`
	Spec        corev1.ServiceSpec `json:"spec"`
}
