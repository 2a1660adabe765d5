import YAML

extension Section {
    /// An entry of `notices`; `nil` when it has no name or no single address.
    ///
    /// - Parameter known: The names of all tenants; `nil` where they could not be read.
    func notice(among known: [String]?) -> NoticeSettings? {
        let name = self.name("a notice")
        let forms = NoticeSettings.Form.allCases.filter { has($0.rawValue) }
        let sections = forms.map { ($0, optionalSection($0.rawValue)) }
        know(NoticeSettings.Form.allCases.map(\.rawValue))
        let conditions = texts("events").map(\.text)
        let tenants = texts("tenants")
        if let known { check(tenants, among: known) }
        finish(in: "a notice")
        guard let (form, found) = sections.first, sections.count == 1 else {
            context.add(
                "config-notice",
                at: origin,
                forms.isEmpty ? "the notice has no place to go to." : "the notice has more than one place to go to.",
                remedy: "Write one of webhook: {url: …, secret: …}, slack: {url: …} and teams: {url: …}."
            )
            return nil
        }
        guard let section = found else { return nil }
        let address = section.noticeAddress()
        let secret = form == .webhook && section.has("secret") ? section.secret("secret") : nil
        if form == .webhook { section.know(["secret"]) }
        section.finish(in: form.rawValue)
        guard let name, let address else { return nil }
        return NoticeSettings(
            name: name,
            form: form,
            address: address,
            secret: secret,
            conditions: conditions,
            tenants: tenants.map(\.text)
        )
    }

    /// A notice for a tenant that does not exist is never sent, and its author believes that it is.
    private func check(_ tenants: [(text: String, origin: Origin)], among known: [String]) {
        for (text, origin) in tenants where !known.contains(text) {
            let question = Nearest.question(text, among: known).map { "\($0) " } ?? ""
            context.add(
                "config-notice",
                at: origin,
                "tenants names \(text.quoted), which is not a tenant of this file, so nothing would be sent for it.",
                remedy: "\(question)Name tenants that are listed under sources."
            )
        }
    }

    private func noticeAddress() -> NoticeSettings.Address? {
        guard let setting = setting("url") else {
            if !has("url") { missing("url", in: "the notice", remedy: "Write url: https://…, or url: {file: PATH}.") }
            return nil
        }
        if case .mapping(_) = setting.node.value { return secret("url").map { .secret($0) } }
        guard let text = text(of: setting, "url") else { return nil }
        guard let web = WebAddress(text), web.userInfo == nil,
            web.scheme == "https" || (web.scheme == "http" && web.isLoopback)
        else {
            context.add(
                "config-notice-url",
                at: setting.origin,
                "url is not an https address; what stands there is not repeated here, as it may be a secret.",
                remedy: "Write it as https://HOST/PATH; http is taken only for 127.0.0.1, [::1] and localhost."
            )
            return nil
        }
        return .plain(text)
    }
}
