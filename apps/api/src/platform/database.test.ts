import { databaseContract } from '../testing/database-contract.ts'
import { openEmbeddedTestDatabase } from '../testing/test-database.ts'

databaseContract(openEmbeddedTestDatabase)
