import JSON

extension GitLab {
    /// Asks for the project: our statuses are jobs of the pipeline, so that a failing one holds a merge exactly where
    /// pipelines must succeed.
    ///
    /// Source: docs.gitlab.com/user/project/merge_requests/auto_merge, "Require a successful pipeline for merge".
    func terms(of branch: String, requiring context: String) async throws(ForgeError) -> ForgeTerms {
        let request = ForgeRequest(path: path(), asked: "the project \(repository)")
        let answer = try await connection.ask(request)
        return ForgeTerms(
            allowance: answer.flatMap { ForgeTerms.Allowance($0.headers) },
            isRequired: answer?.json["only_allow_merge_if_pipeline_succeeds"]?.flag,
            isPublic: answer?.json["visibility"]?.text.map { $0 == "public" }
        )
    }
}
