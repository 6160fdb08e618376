"""What readers report: this remedy worked for me, or it did not. The only state users create."""
