import Foundation

/// One tenant with a little of everything.
enum Seeds {
    static let tenant = "11111111-2222-3333-4444-555555555555"
    static let admin = "c0000000-0000-4000-8000-000000000001"
    static let reader = "c0000000-0000-4000-8000-000000000002"
    /// 2026-11-25 12:00 UTC, within the validity of the assertions below.
    static let now = Date(timeIntervalSince1970: 1_795_608_000)

    /// - Parameters:
    ///   - quirks: Of the tenant; usually without odd forms, so that a test reads what it is about.
    ///   - applications: More of them, each with a comma before it.
    ///   - more: More members of the tenant, each with a comma before it.
    ///   - tokenLifetime: In seconds; a test that moves the clock needs longer ones.
    static func usual(
        quirks: String = #"{"oddForms": false}"#,
        applications: String = "",
        more: String = "",
        tokenLifetime: Int = 3_599
    ) -> String {
        #"""
        {"tokenLifetime": \#(tokenLifetime), "tenants": [{
          "tenantId": "\#(tenant)", "organization": "contoso.onmicrosoft.com", "quirks": \#(quirks),
          "acceptedDomains": [{"DomainName": "contoso.onmicrosoft.com", "InitialDomain": true},
            {"DomainName": "contoso.com", "Default": true}],
          "applications": [
            {"clientId": "\#(admin)", "clientSecret": "s3cret", "certificates": ["\#(pem)"],
              "roles": ["Exchange.ManageAsApp", "Domain.Read.All", "AuditLogsQuery.Read.All"],
              "directoryRoles": ["Exchange Administrator"]},
            {"clientId": "\#(reader)", "clientSecret": "s3cret", "roles": ["Exchange.ManageAsApp"],
              "directoryRoles": ["Global Reader"]}\#(applications)],
          "inboundConnectors": [
            {"Name": "In", "Guid": "a0000000-0000-4000-8000-000000000001", "SenderDomains": ["smtp:fabrikam.com;1"],
              "RequireTls": true, "Comment": "from Fabrikam"},
            {"Name": "Hybrid", "ConnectorType": "OnPremises", "SenderDomains": ["smtp:*;1"], "RequireTls": true,
              "TlsSenderCertificateName": "mail.contoso.com", "CloudServicesMailEnabled": true}],
          "outboundConnectors": [
            {"Name": "Out", "Guid": "b0000000-0000-4000-8000-000000000001", "RecipientDomains": ["fabrikam.com"],
              "TlsSettings": "CertificateValidation"},
            {"Name": "Hosted", "RecipientDomains": ["tailspin.example"], "UseMXRecord": false,
              "SmartHosts": ["mx.tailspin.example"], "TlsSettings": "DomainValidation", "TlsDomain": "*.tailspin.example"},
            {"Name": "Scoped", "IsTransportRuleScoped": true},
            {"Name": "Out_Test_2026", "RecipientDomains": ["fabrikam.com"], "TestMode": true}],
          "transportRules": [
            {"Name": "Route", "RouteMessageOutboundConnector": "Scoped", "RecipientDomainIs": ["court.example"]}]\#(more)
        }]}
        """#
    }

    private static let pem = certificate.split(separator: "\n").joined(separator: "\\n")

    /// Made with openssl for these tests; its key was thrown away after the assertions below were signed.
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIDEzCCAfugAwIBAgIUJFl9ytXWinvN0+/USdOJQss7zaUwDQYJKoZIhvcNAQEL
        BQAwGTEXMBUGA1UEAwwOc2ltdWxhdG9yIHRlc3QwHhcNMjYxMTI1MTAwMTI5WhcN
        MzYxMTIyMTAwMTI5WjAZMRcwFQYDVQQDDA5zaW11bGF0b3IgdGVzdDCCASIwDQYJ
        KoZIhvcNAQEBBQADggEPADCCAQoCggEBALnQyVa02m4eMa0vuoSG5dw/bQv3EBJp
        u9WsgkV0AdikKPS/HxSNGLMN1yy0TMvQ6zWeKt0mi+URJkHiLEhVivf1/ahco+Ug
        ei2se3KiAh5gW8aCb95ejLutxcr5mQpLzvtccjVeXpvKFeRfDxDqB57ild1svYbj
        tKQIsTWjSM/g7Z/TZhUjPAF3ZgRtILUW7ReHODdc0uAZA5VtxUC5yIIWR6xqlPZa
        +EBghzDAF6N/eBY1T1ZsA27a5LY55d/ixYkmY9Ti6t9LEi5DKb7Z23whdqc5tloQ
        CuDjRQ+0fyNWGw4Ybpry6ij0vaGIi+5ksi5r3Qst63cb0XadMeDtyLcCAwEAAaNT
        MFEwHQYDVR0OBBYEFIBuECQHd3usF0XlWuPHLn9M/KkfMB8GA1UdIwQYMBaAFIBu
        ECQHd3usF0XlWuPHLn9M/KkfMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEL
        BQADggEBAHacj3YhjuWpgVPkNMlKvzhPU6T7/Egvdfj9+15pMOGpugM6DVreN7p1
        cUBJCA6UYivJM/1AEi9sBfHw6sxOicM3cEXG3ku9G6HjJyseOPqxYAIXp1c21CkP
        Gh4872uL40seMmlyqXOrhej17c+VvkLBUI90B9kqKABhT/vMRJumFe0A6v9KR95r
        TjnlWrmujf6DqZtVKZdcopevMcL4xMIhGgQW50bKNWvu0QEqwkbQXZPKKs3CyLmi
        JT72Yr2YPVeQMI5mwnfhO13xb4zv84TKDFL7HUGBTiRdxVxkwKEmLmAS7o0oTHgE
        VZmecAeO2Yh6zegAIa3XvVnjdiNg7c0=
        -----END CERTIFICATE-----
        """

    /// Signed with PS256, by its SHA-256 thumbprint.
    static let ps256 = """
        eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCIsIng1dCNTMjU2IjoiQWk3OHdWVEh4SU50RF9oYnR4Y3FtN3YzTDYyV3h6VkVxS0hENGtUTmYx\
        RSJ9.eyJhdWQiOiJodHRwczovL2xvZ2luLm1pY3Jvc29mdG9ubGluZS5jb20vMTExMTExMTEtMjIyMi0zMzMzLTQ0NDQtNTU1NTU1NTU1NTU\
        1L29hdXRoMi92Mi4wL3Rva2VuIiwiaXNzIjoiYzAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic3ViIjoiYzAwMDAwMDA\
        tMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwianRpIjoiNWYyZjZhNWUtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwibmJmIjo\
        xNzk1NjA4MDAwLCJpYXQiOjE3OTU2MDgwMDAsImV4cCI6MTc5NTYwODYwMH0.VBuhZfJeuXrR76YyuOBw7FHe2UhEpthFAHY5q6fpELdXnAq\
        el_xwrcFT9EyQzp2BUb2VG3fYDhNFSm3rJm5nEryPeQH0XC0XahrpwzF7-\
        ARidyGq3y4HslIm9m2pAcjLSZ60JcwEfJHe_t703spNHIMxIEDP0nZHpHuhm9kmkmorrEZyyQh4pzqAkWjoDBZVNBzJtqwQBb7SBJ0EREbbn\
        1qxqwlHfp4DE4ygXDGA4oPnSjxtOANctrH-JoFUxRx8j3t7oOKEY6W8iEBXplYTFvXtTLeD1vQTWjQkr5_kAPRCxpsNmZCVNyhwam-\
        da1sLlk_RkSvzrUpg99ay2rMV0w
        """

    /// Signed with RS256, by its SHA-1 thumbprint.
    static let rs256 = """
        eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsIng1dCI6IlRuUDdhUEZCYVpPMzdzVFJoTzVHbERBeFM3RSJ9.eyJhdWQiOiJodHRwczovL2x\
        vZ2luLm1pY3Jvc29mdG9ubGluZS5jb20vMTExMTExMTEtMjIyMi0zMzMzLTQ0NDQtNTU1NTU1NTU1NTU1L29hdXRoMi92Mi4wL3Rva2VuIiw\
        iaXNzIjoiYzAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic3ViIjoiYzAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDA\
        wMDAwMDAxIiwianRpIjoiNWYyZjZhNWUtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwibmJmIjoxNzk1NjA4MDAwLCJpYXQiOjE3OTU\
        2MDgwMDAsImV4cCI6MTc5NTYwODYwMH0.JrnClWDYv7imnCOwqisHMBQnIl_LPe8G7Lk-\
        j9ZRuaJMjwtWr9UcRFP_q4du2UYoipX61g2BF2RB6AAv8ExVPrendP1L_Cp5LwWN4BeCa6iOjUL1kKFM58JPatJ5O50P2RpBJSJQmpE6G5Kl\
        CtYJ6oQDBWdhrGsi76Slf6Dbfx9EleGyHhkoaGSV12s84kMPNHzVRzWLQVxzKnckCrT-LizIueQhDgC6B1Oa4wBIJ2SI_qxKaaCjhWVX5Nu7\
        97HJihOVvGnJykKM11gLQ3QDD1F-lVkhMI2ZtLDCSCVOc2LWrL0vn9vS3N5c6Au8-mbnPQihkgHw2XGUfz0QLCvlMA
        """

    /// Signed with PS256, for another endpoint.
    static let otherAudience = """
        eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCIsIng1dCNTMjU2IjoiQWk3OHdWVEh4SU50RF9oYnR4Y3FtN3YzTDYyV3h6VkVxS0hENGtUTmYx\
        RSJ9.eyJhdWQiOiJodHRwczovL2xvZ2luLmV4YW1wbGUveCIsImlzcyI6ImMwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMSI\
        sInN1YiI6ImMwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMSIsImp0aSI6IjVmMmY2YTVlLTAwMDAtNDAwMC04MDAwLTAwMDA\
        wMDAwMDAwMSIsIm5iZiI6MTc5NTYwODAwMCwiaWF0IjoxNzk1NjA4MDAwLCJleHAiOjE3OTU2MDg2MDB9.okJLYbBYZrWCmMZXVwoYBL5i1w\
        xrWExivzFGj-\
        1AhXfOCGhbnOgpLzjzea1KbeKhXUsZOMrTLTn2wWObstQqQ9ZWKHSe__lrrPVHKrAkK72qVQgBWeu0eiUd9gZo_qDbfAHSMHSgadPjLSGxqO\
        ixoisdPgRufTGBwFfbT7LioKd3uPsF5qQ2P98uubqQ3gmWOmQc9PR0zaXzzg7sFqlggWa6WkrA9t-\
        XTna0QySIXbyifP6Fq3aVWsMPDHDT8xejmkAAL9WnMNKac0kS_gnvL_9MKhOju5JtAbsV0_NW1dVx5gAPD4NiPwIUQgb0NDPkgtalfR6TZtH\
        CpY9uoSOytg
        """

    /// Signed with PS256, with an empty `jti`.
    static let withoutID = """
        eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCIsIng1dCNTMjU2IjoiQWk3OHdWVEh4SU50RF9oYnR4Y3FtN3YzTDYyV3h6VkVxS0hENGtUTmYx\
        RSJ9.eyJhdWQiOiJodHRwczovL2xvZ2luLm1pY3Jvc29mdG9ubGluZS5jb20vMTExMTExMTEtMjIyMi0zMzMzLTQ0NDQtNTU1NTU1NTU1NTU\
        1L29hdXRoMi92Mi4wL3Rva2VuIiwiaXNzIjoiYzAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwic3ViIjoiYzAwMDAwMDA\
        tMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwianRpIjoiIiwibmJmIjoxNzk1NjA4MDAwLCJpYXQiOjE3OTU2MDgwMDAsImV4cCI6MTc\
        5NTYwODYwMH0.anVklXniikwnmLrKQPBQNjPVy677R2053nstaouGKeGdNGWhDK4qZ1m-\
        FhLi_fjSmHozKfigrF90vSt0TiY1yUkpXZne4TmQHOG2Q8JO3IhtWico6ggqCEXbd2ixKWSmD-\
        J0NNsUkJdD36Et_bt7GjinDne5r3iL7wxG4KLuVxQrlVC8_2KsLcm35WB3Kon8nhjHDSroLlbk9S6e147RUffaTN7YlzGZ-\
        ku56m3QXYH55loggYIkl3vTjoQn93p8yw3by8-qzqTpkZ4x_vmtkoGsI1QKmryB6ueAqO3Xv9SVtAuPov16LSH6Va398X5bsti-\
        DrUWX70dVjiOkQMQTQ
        """
}
