package import TLSGate

/// Whether a chain of certificates is valid, and every reason why it is not.
package struct CertificateDocument: ReportDocument, Hashable {
    package static let kind = "Certificate"

    package var report: ChainReport

    package init(report: ChainReport) { self.report = report }

    package var exitStatus: ExitStatus { report.isValid ? .done : .blocked }

    package func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }
}
