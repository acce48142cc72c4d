// Package addon simulates EKS add-ons: those that EKS installs in every cluster and those that a program configures.
package addon
