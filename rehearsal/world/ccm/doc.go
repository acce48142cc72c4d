// Package ccm simulates the AWS cloud controller: Classic Load Balancers for Services.
package ccm
